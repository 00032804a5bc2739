"""Blender's side of a check, run in an environment of its own.

    python tools/blender_bridge.py matte FILE.exr NAME WIDTH HEIGHT OUT.exr
    python tools/blender_bridge.py render OUT.exr

`matte` takes the object NAME out of a Cryptomatte with the compositor; `render` renders a cube and
a ball with their Cryptomatte and, in the channel "Object Index", the numbers 1 and 2.
"""

from __future__ import annotations

import sys

import bpy


def _scene(width: int, height: int, out: str) -> bpy.types.Scene:
    scene = bpy.context.scene
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location = (0, 0, 8)
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = 16
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100
    scene.render.filepath = out
    return scene


def matte(file: str, name: str, width: str, height: str, out: str) -> None:
    scene = _scene(int(width), int(height), out)
    tree = bpy.data.node_groups.new("mattes", "CompositorNodeTree")
    scene.compositing_node_group = tree
    node = tree.nodes.new("CompositorNodeCryptomatteV2")
    node.source = "IMAGE"
    node.image = bpy.data.images.load(file)
    node.matte_id = name
    tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    end = tree.nodes.new("NodeGroupOutput")
    tree.links.new(node.outputs["Matte"], end.inputs[0])
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    bpy.ops.render.render(write_still=True)


def render(out: str) -> None:
    scene = _scene(200, 120, out)
    bpy.ops.mesh.primitive_cube_add(size=2, location=(-1.2, 0, 0))
    bpy.context.object.name, bpy.context.object.pass_index = "Würfel 1", 1
    bpy.ops.mesh.primitive_uv_sphere_add(radius=1.2, location=(1, 0.3, 0.5))
    bpy.context.object.name, bpy.context.object.pass_index = "Ball", 2
    layer = bpy.context.view_layer
    layer.use_pass_cryptomatte_object = True
    layer.use_pass_cryptomatte_material = True
    layer.use_pass_object_index = True
    scene.render.image_settings.media_type = "MULTI_LAYER_IMAGE"
    scene.render.image_settings.color_depth = "32"
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    {"matte": matte, "render": render}[sys.argv[1]](*sys.argv[2:])
