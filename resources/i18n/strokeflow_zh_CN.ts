<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name></name>
    <message>
        <source>Canvas</source>
        <translation>画布</translation>
    </message>
    <message>
        <source>Frame {frame}, until this one is there</source>
        <translation>第 {frame} 帧，待此帧就绪</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Open video or project …</source>
        <translation>打开视频或项目(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a video file or a project.</source>
        <translation>打开视频文件或项目。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open &amp;folder …</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open a folder of images, or a project.</source>
        <translation>打开图像文件夹或项目。</translation>
    </message>
    <message>
        <source>&amp;Locate media …</source>
        <translation>重新定位媒体(&amp;L)…</translation>
    </message>
    <message>
        <source>Show where the media of this project are now.</source>
        <translation>指明该项目的媒体现在的位置。</translation>
    </message>
    <message>
        <source>Take the &amp;media into the project …</source>
        <translation>将媒体放入项目(&amp;M)…</translation>
    </message>
    <message>
        <source>Copies them into its folder, which can then be moved or handed on as a whole.</source>
        <translation>将媒体复制到项目文件夹，之后可整体移动或转交。</translation>
    </message>
    <message>
        <source>&amp;Save a copy as one file …</source>
        <translation>另存为单个文件(&amp;S) …</translation>
    </message>
    <message>
        <source>The project as it is now, with or without its media, to keep or to hand on.</source>
        <translation>项目的当前状态，可带或不带媒体，用于保存或转交。</translation>
    </message>
    <message>
        <source>&amp;Import labels …</source>
        <translation>导入标注(&amp;I)…</translation>
    </message>
    <message>
        <source>Read masks or scribbles from files.</source>
        <translation>从文件读取掩码或涂鸦。</translation>
    </message>
    <message>
        <source>&amp;Export labels …</source>
        <translation>导出标注(&amp;E)…</translation>
    </message>
    <message>
        <source>Write masks in a format for training.</source>
        <translation>以训练所用的格式写出掩码。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Make a &amp;data set …</source>
        <translation>制作数据集(&amp;D)…</translation>
    </message>
    <message>
        <source>Many projects into one set for training, with splits by clip.</source>
        <translation>把多个项目汇成一个训练用数据集，按视频划分。</translation>
    </message>
    <message>
        <source>Write &amp;report …</source>
        <translation>生成报告(&amp;R)…</translation>
    </message>
    <message>
        <source>One page with plots: effort, who made which mask, quality, what is left.</source>
        <translation>一页带图表的报告：工作量、掩码来源、质量以及剩余工作。</translation>
    </message>
    <message>
        <source>&amp;Close project</source>
        <translation>关闭项目(&amp;C)</translation>
    </message>
    <message>
        <source>Everything is saved already.</source>
        <translation>所有内容都已保存。</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Take back the last step, also after a restart.</source>
        <translation>撤回上一步，重启之后也可以。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Do again what was undone.</source>
        <translation>重新执行被撤销的操作。</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>&amp;Add object</source>
        <translation>添加对象(&amp;A)</translation>
    </message>
    <message>
        <source>Add another object.</source>
        <translation>再添加一个对象。</translation>
    </message>
    <message>
        <source>&amp;Merge chosen object into …</source>
        <translation>将所选对象合并到(&amp;M)…</translation>
    </message>
    <message>
        <source>Make its masks part of another object&apos;s, on all frames.</source>
        <translation>在所有帧上将其掩码并入另一个对象。</translation>
    </message>
    <message>
        <source>&amp;Swap chosen object from here on with …</source>
        <translation>从此帧起与所选对象互换(&amp;S)…</translation>
    </message>
    <message>
        <source>Exchange two objects that were mixed up, from this frame to the end.</source>
        <translation>从这一帧到结尾，交换两个被混淆的对象。</translation>
    </message>
    <message>
        <source>&amp;Delete chosen object</source>
        <translation>删除所选对象(&amp;D)</translation>
    </message>
    <message>
        <source>With all its masks; undo brings it back.</source>
        <translation>连同其全部掩码；撤销可恢复。</translation>
    </message>
    <message>
        <source>Clear scribbles of this frame</source>
        <translation>清除此帧的涂鸦</translation>
    </message>
    <message>
        <source>Remove the scribbles; the masks stay.</source>
        <translation>移除涂鸦，掩码保留。</translation>
    </message>
    <message>
        <source>&amp;Settings …</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>Theme, language, pen, playback, memory.</source>
        <translation>主题、语言、画笔、播放、内存。</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts …</source>
        <translation>键盘快捷键(&amp;K)…</translation>
    </message>
    <message>
        <source>Give commands other keys.</source>
        <translation>为命令指定其他按键。</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>工具(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Scribble object</source>
        <translation>涂鸦对象(&amp;S)</translation>
    </message>
    <message>
        <source>Draw a line inside the object: its mask follows.</source>
        <translation>在对象内部画一条线，掩码随即生成。</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Scribble &amp;background</source>
        <translation>涂鸦背景(&amp;B)</translation>
    </message>
    <message>
        <source>Draw a line where the object is not.</source>
        <translation>在不属于对象的地方画一条线。</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>&amp;Brush</source>
        <translation>画笔(&amp;B)</translation>
    </message>
    <message>
        <source>Paint mask pixels.</source>
        <translation>绘制掩码像素。</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>&amp;Eraser</source>
        <translation>橡皮擦(&amp;E)</translation>
    </message>
    <message>
        <source>Erase mask pixels of the chosen object.</source>
        <translation>擦除所选对象的掩码像素。</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>橡皮擦</translation>
    </message>
    <message>
        <source>&amp;Fill</source>
        <translation>填充(&amp;F)</translation>
    </message>
    <message>
        <source>Click a hole to close it; elsewhere: the connected pixels of like colour. Ctrl: take away.</source>
        <translation>点击孔洞将其填上；点击别处则填充相连的相近颜色像素。按住 Ctrl：减去。</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>填充</translation>
    </message>
    <message>
        <source>&amp;Lasso</source>
        <translation>套索(&amp;L)</translation>
    </message>
    <message>
        <source>Draw around a region. Ctrl: take it away.</source>
        <translation>沿区域边缘圈画。按住 Ctrl：减去该区域。</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>套索</translation>
    </message>
    <message>
        <source>&amp;Polygon</source>
        <translation>多边形(&amp;P)</translation>
    </message>
    <message>
        <source>Click corners, drag to move one; Enter or a double click closes, Backspace takes one back. Ctrl: take away.</source>
        <translation>点击添加顶点，拖动可移动顶点；Enter 或双击闭合，Backspace 撤回一个顶点。按住 Ctrl：减去。</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>Bo&amp;x</source>
        <translation>矩形框(&amp;X)</translation>
    </message>
    <message>
        <source>Drag from corner to corner. Ctrl: take away.</source>
        <translation>从一角拖到另一角。按住 Ctrl：减去。</translation>
    </message>
    <message>
        <source>Box</source>
        <translation>矩形框</translation>
    </message>
    <message>
        <source>&amp;Move the picture</source>
        <translation>移动画面(&amp;M)</translation>
    </message>
    <message>
        <source>Or hold space, or drag with the middle button.</source>
        <translation>也可按住空格键，或用鼠标中键拖动。</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>Smaller pen</source>
        <translation>缩小画笔</translation>
    </message>
    <message>
        <source>Also: Alt and the wheel.</source>
        <translation>也可用 Alt 加滚轮。</translation>
    </message>
    <message>
        <source>Larger pen</source>
        <translation>放大画笔</translation>
    </message>
    <message>
        <source>&amp;Protect other objects</source>
        <translation>保护其他对象(&amp;P)</translation>
    </message>
    <message>
        <source>Pen and shapes leave the pixels of other objects alone.</source>
        <translation>画笔和形状工具不会改动其他对象的像素。</translation>
    </message>
    <message>
        <source>Protect</source>
        <translation>保护</translation>
    </message>
    <message>
        <source>Preview while &amp;hovering</source>
        <translation>悬停时预览(&amp;H)</translation>
    </message>
    <message>
        <source>Where the pointer rests, &apos;Click&apos; and &apos;Box hint&apos; show what they would make of the mask.</source>
        <translation>指针停住时，“点击”和“框提示”会显示掩码将变成什么样。</translation>
    </message>
    <message>
        <source>&amp;Mask</source>
        <translation>掩码(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Grow</source>
        <translation>扩张(&amp;G)</translation>
    </message>
    <message>
        <source>One pixel larger all around.</source>
        <translation>四周各扩大一个像素。</translation>
    </message>
    <message>
        <source>&amp;Shrink</source>
        <translation>收缩(&amp;S)</translation>
    </message>
    <message>
        <source>One pixel smaller all around.</source>
        <translation>四周各缩小一个像素。</translation>
    </message>
    <message>
        <source>S&amp;mooth</source>
        <translation>平滑(&amp;M)</translation>
    </message>
    <message>
        <source>Round off corners and crumbs.</source>
        <translation>磨圆尖角，去除碎屑。</translation>
    </message>
    <message>
        <source>&amp;Fill holes</source>
        <translation>填充孔洞(&amp;F)</translation>
    </message>
    <message>
        <source>Fill everything that the mask encloses.</source>
        <translation>填满掩码所包围的全部区域。</translation>
    </message>
    <message>
        <source>&amp;Remove islands</source>
        <translation>移除孤岛(&amp;R)</translation>
    </message>
    <message>
        <source>Keep only the largest part.</source>
        <translation>只保留最大的部分。</translation>
    </message>
    <message>
        <source>Clean up on &amp;many frames …</source>
        <translation>清理多帧掩码(&amp;M) …</translation>
    </message>
    <message>
        <source>Grow, shrink, smooth, fill holes, remove islands: on the range or all frames, as one step.</source>
        <translation>扩大、缩小、平滑、填孔、去除孤岛：作用于所选范围或所有帧，算作一步。</translation>
    </message>
    <message>
        <source>Copy from &amp;previous key frame</source>
        <translation>从上一关键帧复制(&amp;P)</translation>
    </message>
    <message>
        <source>The chosen object&apos;s mask, as it is on the key frame before.</source>
        <translation>所选对象在前一关键帧上的掩码。</translation>
    </message>
    <message>
        <source>Copy from &amp;next key frame</source>
        <translation>从下一关键帧复制(&amp;N)</translation>
    </message>
    <message>
        <source>The chosen object&apos;s mask, as it is on the key frame after.</source>
        <translation>所选对象在后一关键帧上的掩码。</translation>
    </message>
    <message>
        <source>Mark &amp;absent on this frame</source>
        <translation>在此帧标记为不存在(&amp;A)</translation>
    </message>
    <message>
        <source>The chosen object is not to be seen here: an empty mask that counts as drawn.</source>
        <translation>所选对象在此帧不可见：记为人工绘制的空掩码。</translation>
    </message>
    <message>
        <source>Mark &amp;occluded on this frame</source>
        <translation>在此帧标为被遮挡(&amp;O)</translation>
    </message>
    <message>
        <source>Something hides the chosen object, wholly or in part. Its mask stays and counts as drawn; exports carry the mark.</source>
        <translation>有东西完全或部分遮住所选对象。它的掩码保留并算作手绘；导出时带有此标记。</translation>
    </message>
    <message>
        <source>&amp;Clear on this frame</source>
        <translation>清除此帧的掩码(&amp;C)</translation>
    </message>
    <message>
        <source>Forget the chosen object&apos;s mask on this frame; a run may fill it again.</source>
        <translation>丢弃所选对象在此帧的掩码，之后的运行可重新填充。</translation>
    </message>
    <message>
        <source>Fr&amp;ames</source>
        <translation>帧(&amp;R)</translation>
    </message>
    <message>
        <source>Run &amp;with options …</source>
        <translation>带选项运行(&amp;W)…</translation>
    </message>
    <message>
        <source>Choose task, backend, frames, a fit, and what else the backend offers.</source>
        <translation>选择任务、后端、帧范围、是否先拟合，以及后端提供的其他选项。</translation>
    </message>
    <message>
        <source>Finished frames are kept; an edit of many frames is taken back.</source>
        <translation>已完成的帧会保留；对许多帧的编辑会被撤回。</translation>
    </message>
    <message>
        <source>Masks, contours, faded background, alpha matte, what the last change did, uncertainty, picture only.</source>
        <translation>掩码、轮廓、淡化背景、透明遮罩、上次改动的差异、不确定度、仅画面。</translation>
    </message>
    <message>
        <source>&amp;Lock chosen object on all frames</source>
        <translation>在所有帧上锁定所选对象(&amp;L)</translation>
    </message>
    <message>
        <source>No tool and no run changes its masks until it is unlocked.</source>
        <translation>解锁之前，任何工具和运行都不会改动其掩码。</translation>
    </message>
    <message>
        <source>Class of chosen &amp;object …</source>
        <translation>所选对象的类别(&amp;O)…</translation>
    </message>
    <message>
        <source>What it is: exports carry it as the category.</source>
        <translation>它是什么：导出时写作类别。</translation>
    </message>
    <message>
        <source>&amp;Click object or background</source>
        <translation>点击对象或背景(&amp;C)</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>点击</translation>
    </message>
    <message>
        <source>Box around the &amp;object</source>
        <translation>框住对象(&amp;O)</translation>
    </message>
    <message>
        <source>Click on the object; with Ctrl or the right button, on what is not it. Let the pointer rest to see beforehand what a click would do.</source>
        <translation>点击对象；按住 Ctrl 或用右键点击不属于它的地方。让指针停住，可预先看到点击的效果。</translation>
    </message>
    <message>
        <source>Drag a box around the object: its mask follows, from scribbles that can be corrected. Rest while you drag to see it beforehand.</source>
        <translation>在对象周围拖出一个框：掩码由可修改的涂线生成。拖动中停住，可预先看到掩码。</translation>
    </message>
    <message>
        <source>Box hint</source>
        <translation>框提示</translation>
    </message>
    <message>
        <source>Spl&amp;it object</source>
        <translation>拆分对象(&amp;I)</translation>
    </message>
    <message>
        <source>Click a part of the chosen object, or draw around it: it becomes an object of its own from this frame on. Ctrl: on this frame only.</source>
        <translation>点击所选对象的一部分，或将其圈出：从此帧起它成为独立的对象。按住 Ctrl：仅限此帧。</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>拆分</translation>
    </message>
    <message>
        <source>Previous edited frame</source>
        <translation>上一个编辑过的帧</translation>
    </message>
    <message>
        <source>The last one that you drew or corrected.</source>
        <translation>前一个您手绘或修正过的帧。</translation>
    </message>
    <message>
        <source>Next edited frame</source>
        <translation>下一个编辑过的帧</translation>
    </message>
    <message>
        <source>The next one that you drew or corrected.</source>
        <translation>后一个您手绘或修正过的帧。</translation>
    </message>
    <message>
        <source>Previous frame out of date</source>
        <translation>上一个过期的帧</translation>
    </message>
    <message>
        <source>Its mask is older than an edit of the key frames that govern it.</source>
        <translation>其掩码早于所依据关键帧的修改。</translation>
    </message>
    <message>
        <source>Next frame out of date</source>
        <translation>下一个过期的帧</translation>
    </message>
    <message>
        <source>Next s&amp;uggested frame</source>
        <translation>下一个建议标注的帧(&amp;U)</translation>
    </message>
    <message>
        <source>Where a mask would help most: by expected errors, distance to key frames and change of the picture. Diamonds on the timeline.</source>
        <translation>在哪一帧添加掩码最有帮助：依据预计误差、与关键帧的距离和画面变化。在时间轴上以菱形标出。</translation>
    </message>
    <message>
        <source>Best place in the &amp;data set</source>
        <translation>转到数据集中最值得标注的位置(&amp;D)</translation>
    </message>
    <message>
        <source>Looks at all projects of the list and shows the frame where a mask would help the whole data set most.</source>
        <translation>查看列表中的所有项目，并显示一处：在那里添加掩码对整个数据集帮助最大。</translation>
    </message>
    <message>
        <source>W&amp;here next in the data set …</source>
        <translation>数据集中接下来标注哪里(&amp;H)…</translation>
    </message>
    <message>
        <source>Many projects: which frames are most worth a mask, and what each project is expected to be like.</source>
        <translation>针对多个项目：哪些帧最值得添加掩码，以及各项目的预期质量。</translation>
    </message>
    <message>
        <source>Write a re&amp;mark</source>
        <translation>写批注(&amp;M)</translation>
    </message>
    <message>
        <source>What is to be looked at on this frame.</source>
        <translation>这一帧上需要查看的内容。</translation>
    </message>
    <message>
        <source>Remark &amp;here …</source>
        <translation>在此处批注(&amp;H) …</translation>
    </message>
    <message>
        <source>Then click on the picture: the remark points to that place.</source>
        <translation>然后点击画面：批注将指向该处。</translation>
    </message>
    <message>
        <source>Resolve or reopen &amp;remark</source>
        <translation>解决或重新打开批注(&amp;R)</translation>
    </message>
    <message>
        <source>The chosen one, or the only one of this frame.</source>
        <translation>所选的批注，或这一帧上唯一的批注。</translation>
    </message>
    <message>
        <source>Previous remark</source>
        <translation>上一条批注</translation>
    </message>
    <message>
        <source>The last frame with an open remark.</source>
        <translation>前一个有未解决批注的帧。</translation>
    </message>
    <message>
        <source>Next remark</source>
        <translation>下一条批注</translation>
    </message>
    <message>
        <source>The next frame with an open remark.</source>
        <translation>后一个有未解决批注的帧。</translation>
    </message>
    <message>
        <source>Show the &amp;pins of remarks</source>
        <translation>显示批注图钉(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Stage of the project …</source>
        <translation>项目阶段(&amp;S) …</translation>
    </message>
    <message>
        <source>Annotation, review or done, who has it, and what is left.</source>
        <translation>标注、审阅或完成，由谁负责，还剩什么。</translation>
    </message>
    <message>
        <source>Make &amp;new what is out of date</source>
        <translation>重新生成过期的部分(&amp;N)</translation>
    </message>
    <message>
        <source>Only masks that are older than their key frames, from those key frames.</source>
        <translation>只针对早于其关键帧的掩码，由这些关键帧重新生成。</translation>
    </message>
    <message>
        <source>Propagate the &amp;chosen object</source>
        <translation>传播所选对象(&amp;C)</translation>
    </message>
    <message>
        <source>Only its masks, to all other frames.</source>
        <translation>只将它的掩码传播到其他所有帧。</translation>
    </message>
    <message>
        <source>Carry one frame &amp;on</source>
        <translation>带到下一帧(&amp;O)</translation>
    </message>
    <message>
        <source>Accepts the masks of this frame, carries them to the next one and shows it. Held down, it goes on.</source>
        <translation>接受此帧的掩码，把它们带到下一帧并显示。按住则一直前进。</translation>
    </message>
    <message>
        <source>Carry one frame &amp;back</source>
        <translation>带到上一帧(&amp;B)</translation>
    </message>
    <message>
        <source>Accepts the masks of this frame, carries them to the one before and shows it.</source>
        <translation>接受此帧的掩码，把它们带到上一帧并显示。</translation>
    </message>
    <message>
        <source>Label &amp;without a label …</source>
        <translation>无标注自动标注(&amp;W)…</translation>
    </message>
    <message>
        <source>Shows objects that move or stand out; the chosen one is carried over the clip.</source>
        <translation>显示运动或显著的对象；选中的对象将传播到整个片段。</translation>
    </message>
    <message>
        <source>Co-saliency of pictures …</source>
        <translation>图片的协同显著性…</translation>
    </message>
    <message>
        <source>What a folder of pictures has in common, as grey maps; without a project.</source>
        <translation>文件夹中图片的共同对象，写成灰度图；不需要项目。</translation>
    </message>
    <message>
        <source>&amp;Solo: only the chosen object</source>
        <translation>单独显示：仅所选对象(&amp;S)</translation>
    </message>
    <message>
        <source>Hide the masks of all other objects while it is on.</source>
        <translation>开启时隐藏其他所有对象的掩码。</translation>
    </message>
    <message>
        <source>Side by &amp;side</source>
        <translation>并排对比(&amp;S)</translation>
    </message>
    <message>
        <source>A second view: the picture alone, the masks before the last change, or another frame.</source>
        <translation>第二视图：仅画面、上次改动前的掩码，或另一帧。</translation>
    </message>
    <message>
        <source>Where the &amp;point under the pointer was matched</source>
        <translation>指针处的点匹配到哪里(&amp;P)</translation>
    </message>
    <message>
        <source>By NPMCA-net, in the key frame and in the frame before, as a heat map.</source>
        <translation>由 NPMCA-net 给出，以热图显示在关键帧和前一帧上。</translation>
    </message>
    <message>
        <source>Where the chosen object was &amp;matched</source>
        <translation>所选对象匹配到哪里(&amp;M)</translation>
    </message>
    <message>
        <source>Steps of the &amp;adaptation</source>
        <translation>自适应的各步骤(&amp;A)</translation>
    </message>
    <message>
        <source>The maps of each step of the backend &apos;adapt&apos; on this frame.</source>
        <translation>后端 “adapt” 在此帧上每一步的图。</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>播放或暂停(&amp;P)</translation>
    </message>
    <message>
        <source>Play at the clip&apos;s own speed.</source>
        <translation>按视频自身的速度播放。</translation>
    </message>
    <message>
        <source>Previous frame</source>
        <translation>上一帧</translation>
    </message>
    <message>
        <source>One frame back.</source>
        <translation>后退一帧。</translation>
    </message>
    <message>
        <source>Next frame</source>
        <translation>下一帧</translation>
    </message>
    <message>
        <source>One frame on.</source>
        <translation>前进一帧。</translation>
    </message>
    <message>
        <source>Previous key frame</source>
        <translation>上一关键帧</translation>
    </message>
    <message>
        <source>The last one drawn or accepted.</source>
        <translation>前一个手绘或已接受的帧。</translation>
    </message>
    <message>
        <source>Next key frame</source>
        <translation>下一关键帧</translation>
    </message>
    <message>
        <source>The next one drawn or accepted.</source>
        <translation>后一个手绘或已接受的帧。</translation>
    </message>
    <message>
        <source>Range &amp;begins here</source>
        <translation>范围从此帧开始(&amp;B)</translation>
    </message>
    <message>
        <source>Runs, review and export keep to it. Also: Shift and drag on the timeline.</source>
        <translation>运行、审阅和导出都限于该范围。也可按住 Shift 在时间轴上拖动。</translation>
    </message>
    <message>
        <source>Range &amp;ends here</source>
        <translation>范围到此帧结束(&amp;E)</translation>
    </message>
    <message>
        <source>Runs, review and export keep to the range.</source>
        <translation>运行、审阅和导出都限于该范围。</translation>
    </message>
    <message>
        <source>&amp;Whole clip</source>
        <translation>整段视频(&amp;W)</translation>
    </message>
    <message>
        <source>No range: runs, review and export take all frames.</source>
        <translation>不限范围：运行、审阅和导出包括所有帧。</translation>
    </message>
    <message>
        <source>&amp;Review</source>
        <translation>审阅(&amp;V)</translation>
    </message>
    <message>
        <source>Next &amp;worst frame</source>
        <translation>下一个最差帧(&amp;W)</translation>
    </message>
    <message>
        <source>The frame whose mask is probably worst.</source>
        <translation>掩码最可能有误的帧。</translation>
    </message>
    <message>
        <source>Next worst</source>
        <translation>最差帧</translation>
    </message>
    <message>
        <source>&amp;Accept frame</source>
        <translation>接受此帧(&amp;A)</translation>
    </message>
    <message>
        <source>These masks are right: make them key frames.</source>
        <translation>这些掩码正确：将其作为关键帧。</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>Accept and show &amp;next worst</source>
        <translation>接受并显示下一个最差帧(&amp;W)</translation>
    </message>
    <message>
        <source>… and next</source>
        <translation>…并继续</translation>
    </message>
    <message>
        <source>Accept this frame and go on.</source>
        <translation>接受此帧并继续。</translation>
    </message>
    <message>
        <source>Accept chosen &amp;object</source>
        <translation>接受所选对象(&amp;O)</translation>
    </message>
    <message>
        <source>… object</source>
        <translation>…对象</translation>
    </message>
    <message>
        <source>Only the chosen object&apos;s mask on this frame is right.</source>
        <translation>只有所选对象在此帧的掩码正确。</translation>
    </message>
    <message>
        <source>Accept &amp;range</source>
        <translation>接受范围(&amp;R)</translation>
    </message>
    <message>
        <source>… range</source>
        <translation>…范围</translation>
    </message>
    <message>
        <source>All masks of the range are right; without one, those between the key frames.</source>
        <translation>范围内的所有掩码都正确；未设范围时指前后关键帧之间。</translation>
    </message>
    <message>
        <source>&amp;Reject frame</source>
        <translation>拒绝此帧(&amp;R)</translation>
    </message>
    <message>
        <source>Forget the model&apos;s masks of this frame; a run may make them anew.</source>
        <translation>丢弃模型在此帧生成的掩码，之后的运行可重新生成。</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>&amp;Lock or unlock frame</source>
        <translation>锁定或解锁此帧(&amp;L)</translation>
    </message>
    <message>
        <source>Guard the masks against every change.</source>
        <translation>防止掩码被任何操作改动。</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>R&amp;un</source>
        <translation>运行(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Fill between key frames</source>
        <translation>在关键帧之间填充(&amp;F)</translation>
    </message>
    <message>
        <source>From both sides.</source>
        <translation>从两侧同时进行。</translation>
    </message>
    <message>
        <source>&amp;Propagate</source>
        <translation>传播(&amp;P)</translation>
    </message>
    <message>
        <source>Carry masks to all other frames.</source>
        <translation>将掩码传播到其他所有帧。</translation>
    </message>
    <message>
        <source>&amp;Masks from scribbles</source>
        <translation>由涂鸦生成掩码(&amp;M)</translation>
    </message>
    <message>
        <source>On every scribbled frame.</source>
        <translation>在每个有涂鸦的帧上。</translation>
    </message>
    <message>
        <source>&amp;Resume interrupted run</source>
        <translation>继续中断的运行(&amp;R)</translation>
    </message>
    <message>
        <source>Go on where a run was cut off.</source>
        <translation>从中断处接着运行。</translation>
    </message>
    <message>
        <source>&amp;Models …</source>
        <translation>模型(&amp;M)…</translation>
    </message>
    <message>
        <source>Weights of the published methods: fetch, import, verify, remove.</source>
        <translation>已发表方法的权重：下载、导入、校验、移除。</translation>
    </message>
    <message>
        <source>&amp;Cancel run</source>
        <translation>取消运行(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>适应窗口(&amp;F)</translation>
    </message>
    <message>
        <source>The whole picture.</source>
        <translation>显示整个画面。</translation>
    </message>
    <message>
        <source>One image pixel is one screen pixel.</source>
        <translation>一个图像像素对应一个屏幕像素。</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Also: the wheel.</source>
        <translation>也可用滚轮。</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Show or hide &amp;masks</source>
        <translation>显示或隐藏掩码(&amp;M)</translation>
    </message>
    <message>
        <source>Look at the picture alone; press again for the masks.</source>
        <translation>只看画面；再按一次显示掩码。</translation>
    </message>
    <message>
        <source>&amp;Next overlay mode</source>
        <translation>下一种叠加模式(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Onion skin</source>
        <translation>洋葱皮(&amp;O)</translation>
    </message>
    <message>
        <source>Contours of the frames before and after.</source>
        <translation>显示前后帧的轮廓。</translation>
    </message>
    <message>
        <source>Dark or light</source>
        <translation>深色或浅色</translation>
    </message>
    <message>
        <source>Switch the look.</source>
        <translation>切换外观。</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Commands …</source>
        <translation>命令面板(&amp;C)…</translation>
    </message>
    <message>
        <source>Find any command by a few letters of its name.</source>
        <translation>输入名称中的几个字母即可找到任何命令。</translation>
    </message>
    <message>
        <source>&amp;What is this?</source>
        <translation>这是什么？(&amp;W)</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Then click a tool, a button or a panel to read what it is for.</source>
        <translation>然后点击工具、按钮或面板，查看其用途。</translation>
    </message>
    <message>
        <source>&amp;Keys and about</source>
        <translation>快捷键与关于(&amp;K)</translation>
    </message>
    <message>
        <source>All shortcuts on one page.</source>
        <translation>一页列出所有快捷键。</translation>
    </message>
    <message>
        <source>These settings</source>
        <translation>本设置</translation>
    </message>
    <message>
        <source>New projects</source>
        <translation>新项目</translation>
    </message>
    <message>
        <source>This project</source>
        <translation>当前项目</translation>
    </message>
    <message>
        <source>Rendering the demo clip …</source>
        <translation>正在渲染示例视频…</translation>
    </message>
    <message>
        <source>It takes some seconds.</source>
        <translation>需要几秒钟。</translation>
    </message>
    <message>
        <source>Rendering the demo clip</source>
        <translation>示例视频的渲染</translation>
    </message>
    <message>
        <source>Exported {frames} frames.</source>
        <translation>已导出 {frames} 帧。</translation>
    </message>
    <message>
        <source>The export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export to {place}</source>
        <translation>导出到 {place}</translation>
    </message>
    <message>
        <source>The import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>{title}: not saved.</source>
        <translation>{title}：未保存。</translation>
    </message>
    <message>
        <source>{count} cells were yours already and stayed.</source>
        <translation>{count} 个单元已由您标注，保持不变。</translation>
    </message>
    <message>
        <source>{count} cells were replaced.</source>
        <translation>已替换 {count} 个单元。</translation>
    </message>
    <message>
        <source>Imported {frames} frames and {strokes} strokes.</source>
        <translation>已导入 {frames} 帧和 {strokes} 条涂鸦。</translation>
    </message>
    <message>
        <source>The import stopped halfway; what came before stayed.</source>
        <translation>导入中途停止；此前导入的内容已保留。</translation>
    </message>
    <message>
        <source>You went on working meanwhile. The history lists it as a step.</source>
        <translation>您在此期间继续了工作。历史记录中将其列为一步。</translation>
    </message>
    <message>
        <source>Import of {place}</source>
        <translation>导入 {place}</translation>
    </message>
    <message>
        <source>Reading the labels</source>
        <translation>正在读取标注</translation>
    </message>
    <message>
        <source>Made a data set of {clips} clips and {frames} frames.</source>
        <translation>已制作数据集：{clips} 个视频，{frames} 帧。</translation>
    </message>
    <message>
        <source>The data set</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Data set to {place}</source>
        <translation>数据集到 {place}</translation>
    </message>
    <message>
        <source>Media into the project</source>
        <translation>将媒体放入项目</translation>
    </message>
    <message>
        <source>The media are in the project folder now.</source>
        <translation>媒体现已在项目文件夹中。</translation>
    </message>
    <message>
        <source>Copy as one file</source>
        <translation>单文件副本</translation>
    </message>
    <message>
        <source>Saved a copy as one file ({size}).</source>
        <translation>已存为单个文件（{size}）。</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>解包</translation>
    </message>
    <message>
        <source>The report is written.</source>
        <translation>报告已生成。</translation>
    </message>
    <message>
        <source>The report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Report to {place}</source>
        <translation>报告写入 {place}</translation>
    </message>
    <message>
        <source>Co-saliency of {place}</source>
        <translation>{place} 的协同显著性</translation>
    </message>
    <message>
        <source>{count} maps are written.</source>
        <translation>已写入 {count} 张灰度图。</translation>
    </message>
    <message>
        <source>{word} failed. {message}</source>
        <translation>{word}失败。{message}</translation>
    </message>
    <message>
        <source>{word} was cancelled.</source>
        <translation>{word}已取消。</translation>
    </message>
    <message>
        <source>Nothing half-written was left behind.</source>
        <translation>没有留下写了一半的内容。</translation>
    </message>
    <message>
        <source>Wheel: zoom. Space or middle button: move. Alt + wheel: pen size. Shift: straight line. Esc: drop the stroke.</source>
        <translation>滚轮：缩放。空格键或中键：移动。Alt + 滚轮：画笔大小。Shift：直线。Esc：放弃当前笔画。</translation>
    </message>
    <message>
        <source>The picture with the masks. The tool on the left says what the left button does; the wheel zooms, the middle button moves.</source>
        <translation>带掩码的画面。左侧的工具决定左键的作用；滚轮缩放，中键移动。</translation>
    </message>
    <message>
        <source>All frames: on top who made the mask, below how good it is thought to be. Click to go there, the wheel zooms, Shift and drag chooses the range that runs keep to.</source>
        <translation>所有帧：上方为掩码来源，下方为估计质量。点击跳转，滚轮缩放，按住 Shift 拖动选择运行的范围。</translation>
    </message>
    <message>
        <source>Play, step and jump between key frames; type a number to go to a frame.</source>
        <translation>播放、逐帧移动、在关键帧间跳转；输入编号可转到某一帧。</translation>
    </message>
    <message>
        <source>The objects: click to choose, double click to rename, untick to hide.</source>
        <translation>对象：点击选择，双击重命名，取消勾选则隐藏。</translation>
    </message>
    <message>
        <source>Let a method fill frames from what you drew. Your own frames stay.</source>
        <translation>让某种方法根据您的绘制填充其他帧。您自己的帧保持不变。</translation>
    </message>
    <message>
        <source>What runs and what waits, how it went, and the same once more.</source>
        <translation>正在运行和等待的任务、结果如何，以及再次执行。</translation>
    </message>
    <message>
        <source>What is left to look at, the worst first; accept or reject it.</source>
        <translation>剩余待审阅的帧，最差的在前；接受或拒绝。</translation>
    </message>
    <message>
        <source>What people wrote about frames: click one to go there, answer it, resolve it. Ctrl+T writes a new one; with a pin it points to a place of the picture.</source>
        <translation>大家对各帧写的批注：点击即可跳转、回复或解决。Ctrl+T 写新批注；带图钉的批注指向画面上的一处。</translation>
    </message>
    <message>
        <source>Every step since the project was made; click one to go back to it.</source>
        <translation>项目创建以来的每一步；点击某一步即可回到那里。</translation>
    </message>
    <message>
        <source>Open a video, a folder of images or a project, or try the demo clip.</source>
        <translation>打开视频、图像文件夹或项目，或试用示例视频。</translation>
    </message>
    <message>
        <source>frame {frame}</source>
        <translation>第 {frame} 帧</translation>
    </message>
    <message>
        <source>{count} frames, {first} to {last}</source>
        <translation>{count} 帧，第 {first} 至 {last} 帧</translation>
    </message>
    <message>
        <source>Beginning</source>
        <translation>初始状态</translation>
    </message>
    <message>
        <source>Undo steps</source>
        <translation>撤销步骤</translation>
    </message>
    <message>
        <source>Click a step to go back or forth to it.</source>
        <translation>点击某一步即可退回或前进到该步。</translation>
    </message>
    <message>
        <source>Progress of the job</source>
        <translation>任务进度</translation>
    </message>
    <message>
        <source>Clean up on many frames</source>
        <translation>清理多帧掩码</translation>
    </message>
    <message>
        <source>Remove islands</source>
        <translation>去除孤岛</translation>
    </message>
    <message>
        <source>Small parts beside the mask.</source>
        <translation>掩码旁边的小块。</translation>
    </message>
    <message>
        <source>Remove islands: smaller than</source>
        <translation>去除孤岛：小于</translation>
    </message>
    <message>
        <source>all but the largest</source>
        <translation>只留最大的</translation>
    </message>
    <message>
        <source>smaller than</source>
        <translation>小于</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>填充孔洞</translation>
    </message>
    <message>
        <source>What the mask encloses.</source>
        <translation>被掩码包围的部分。</translation>
    </message>
    <message>
        <source>Fill holes: up to</source>
        <translation>填充孔洞：不超过</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>up to</source>
        <translation>不超过</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Radius of the neighbourhood whose majority decides.</source>
        <translation>由多数决定的邻域半径。</translation>
    </message>
    <message>
        <source>Grow or shrink</source>
        <translation>扩大或缩小</translation>
    </message>
    <message>
        <source>Below zero the masks shrink.</source>
        <translation>负值表示缩小掩码。</translation>
    </message>
    <message>
        <source>Also masks drawn by a person</source>
        <translation>也包括人工绘制的掩码</translation>
    </message>
    <message>
        <source>Drawn, corrected and imported ones; they stay a person&apos;s. Locked ones never.</source>
        <translation>绘制、修正和导入的掩码；它们仍算人工的。锁定的从不改动。</translation>
    </message>
    <message>
        <source>Show on this frame what would change</source>
        <translation>在此帧上显示会改变什么</translation>
    </message>
    <message>
        <source>Green: what is added, red: what is taken away, yellow: what changes its owner.</source>
        <translation>绿色：增加的部分；红色：去掉的部分；黄色：换了对象的部分。</translation>
    </message>
    <message>
        <source>What would change on this frame</source>
        <translation>此帧上会改变什么</translation>
    </message>
    <message>
        <source>Clean up</source>
        <translation>清理</translation>
    </message>
    <message>
        <source>One undo step; what is finished when you cancel is kept.</source>
        <translation>算作一个撤销步骤；取消时已完成的部分会保留。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Only {name}</source>
        <translation>仅 {name}</translation>
    </message>
    <message>
        <source>All that are not locked</source>
        <translation>所有未锁定的对象</translation>
    </message>
    <message>
        <source>The range: {first} to {last}</source>
        <translation>所选范围：{first} 到 {last}</translation>
    </message>
    <message>
        <source>This frame has no mask that may be changed.</source>
        <translation>此帧没有可以改动的掩码。</translation>
    </message>
    <message>
        <source>Choose what is done to the masks.</source>
        <translation>请选择对掩码做什么。</translation>
    </message>
    <message>
        <source>On this frame: {gained} pixels more, {lost} fewer.</source>
        <translation>在此帧上：增加 {gained} 像素，减少 {lost} 像素。</translation>
    </message>
    <message>
        <source>On this frame nothing changes.</source>
        <translation>在此帧上没有变化。</translation>
    </message>
    <message>
        <source>Stop this one; what it finished is kept.</source>
        <translation>停止此任务；已完成的部分会保留。</translation>
    </message>
    <message>
        <source>Again</source>
        <translation>再次执行</translation>
    </message>
    <message>
        <source>Ask for the same once more.</source>
        <translation>再次提交同样的请求。</translation>
    </message>
    <message>
        <source>Copy the media ({size}) into the project folder?</source>
        <translation>将媒体（{size}）复制到项目文件夹吗？</translation>
    </message>
    <message>
        <source>The project can be moved or handed on as a whole then. The originals stay.</source>
        <translation>之后可整体移动或转交项目。原始文件保留不变。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy what happened, to report it or to look it up.</source>
        <translation>复制发生的情况，以便报告或查询。</translation>
    </message>
    <message>
        <source>Runs, imports and exports are listed here.</source>
        <translation>运行、导入和导出会列在这里。</translation>
    </message>
    <message>
        <source>Clear what is over</source>
        <translation>清除已结束的任务</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Fill between key frames</source>
        <translation>在关键帧之间填充</translation>
    </message>
    <message>
        <source>Propagate</source>
        <translation>传播</translation>
    </message>
    <message>
        <source>Make new what is out of date</source>
        <translation>重新生成过期的部分</translation>
    </message>
    <message>
        <source>Masks from scribbles</source>
        <translation>由涂鸦生成掩码</translation>
    </message>
    <message>
        <source>Label without a label</source>
        <translation>无标注自动标注</translation>
    </message>
    <message>
        <source>Clean up masks</source>
        <translation>清理掩码</translation>
    </message>
    <message>
        <source>Not started: {why}</source>
        <translation>未能启动：{why}</translation>
    </message>
    <message>
        <source>Cancelled before it began.</source>
        <translation>在开始之前已取消。</translation>
    </message>
    <message>
        <source>Waits for its turn.</source>
        <translation>正在等待。</translation>
    </message>
    <message>
        <source>Starting …</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Not saved: {why}</source>
        <translation>未保存：{why}</translation>
    </message>
    <message>
        <source>Choose objects …</source>
        <translation>选择对象…</translation>
    </message>
    <message>
        <source>Say which object of the project takes what, before importing.</source>
        <translation>在导入之前指定内容归入项目的哪个对象。</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>{speed} frames/s</source>
        <translation>{speed} 帧/秒</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>约剩 {time}</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>已完成。</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>Failed.</source>
        <translation>失败。</translation>
    </message>
    <message>
        <source>{filled} of {frames} frames were changed.</source>
        <translation>{frames} 帧中改动了 {filled} 帧。</translation>
    </message>
    <message>
        <source>{filled} of {frames} frames were filled.</source>
        <translation>已填充 {frames} 帧中的 {filled} 帧。</translation>
    </message>
    <message>
        <source>{count} that you changed meanwhile were left alone.</source>
        <translation>其间您改动过的 {count} 帧保持不变。</translation>
    </message>
    <message>
        <source>{time}, {speed} frames/s</source>
        <translation>{time}，{speed} 帧/秒</translation>
    </message>
    <message>
        <source>Backend: {backend}</source>
        <translation>后端：{backend}</translation>
    </message>
    <message>
        <source>No mask was made.</source>
        <translation>未能生成掩码。</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>Contours</source>
        <translation>轮廓</translation>
    </message>
    <message>
        <source>Fade background</source>
        <translation>淡化背景</translation>
    </message>
    <message>
        <source>Alpha matte</source>
        <translation>透明遮罩</translation>
    </message>
    <message>
        <source>Difference to before</source>
        <translation>与之前的差异</translation>
    </message>
    <message>
        <source>Uncertainty</source>
        <translation>不确定度</translation>
    </message>
    <message>
        <source>Picture only</source>
        <translation>仅画面</translation>
    </message>
    <message>
        <source>What of the masks is drawn (key V for the next one)</source>
        <translation>掩码的显示方式（按 V 键切换）</translation>
    </message>
    <message>
        <source>Opacity of the masks</source>
        <translation>掩码的不透明度</translation>
    </message>
    <message>
        <source>Contours of the neighbours</source>
        <translation>相邻帧的轮廓</translation>
    </message>
    <message>
        <source>Onion skin: the masks of the frames before and after, as contours</source>
        <translation>洋葱皮：以轮廓显示前后帧的掩码</translation>
    </message>
    <message>
        <source>Pins of remarks</source>
        <translation>批注图钉</translation>
    </message>
    <message>
        <source>Where remarks point to; resolved ones are faint.</source>
        <translation>批注指向的位置；已解决的颜色较淡。</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>Gamma: opens dark parts to the right</source>
        <translation>伽马：向右提亮暗部</translation>
    </message>
    <message>
        <source>Reset the picture</source>
        <translation>重置画面</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>The picture, for viewing only:</source>
        <translation>画面调整，仅影响显示：</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>伽马</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开的项目(&amp;R)</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>审阅</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>{stem} - Strokeflow</source>
        <translation>{stem} - Strokeflow</translation>
    </message>
    <message>
        <source>Use File &gt; Locate media to show where it is.</source>
        <translation>请用“文件 &gt; 重新定位媒体”指明其位置。</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>批注</translation>
    </message>
    <message>
        <source>Opened read-only.</source>
        <translation>已以只读方式打开。</translation>
    </message>
    <message>
        <source>This project is marked done.</source>
        <translation>此项目已标记为完成。</translation>
    </message>
    <message>
        <source>{stem} ({stage}) - Strokeflow</source>
        <translation>{stem}（{stage}）- Strokeflow</translation>
    </message>
    <message>
        <source>A run was cut off last time; its finished frames are here.</source>
        <translation>上次有一项运行被中断；已完成的帧都在。</translation>
    </message>
    <message>
        <source>Run &gt; Resume interrupted run goes on from there.</source>
        <translation>“运行 &gt; 继续中断的运行”可从中断处接着运行。</translation>
    </message>
    <message>
        <source>Frame {frame} cannot be shown.</source>
        <translation>无法显示第 {frame} 帧。</translation>
    </message>
    <message>
        <source>What came is no file on this machine.</source>
        <translation>拖入的不是本机上的文件。</translation>
    </message>
    <message>
        <source>The change is kept, and so is the stage.</source>
        <translation>更改已保留，阶段不变。</translation>
    </message>
    <message>
        <source>Your work is not saved yet.</source>
        <translation>您的工作尚未保存。</translation>
    </message>
    <message>
        <source>{point}{width} × {height} at {zoom}     </source>
        <translation>{point}{width} × {height}，{zoom}     </translation>
    </message>
    <message>
        <source>Videos and images (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.mpeg *.wmv *.ts *.ogv *.gif *.png *.jpg *.jpeg *.bmp *.tif *.tiff *.webp *.exr project.db *.strokeflowz);;All files (*)</source>
        <translation>视频和图像 (*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.mpg *.mpeg *.wmv *.ts *.ogv *.gif *.png *.jpg *.jpeg *.bmp *.tif *.tiff *.webp *.exr project.db *.strokeflowz);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Opening {name} …</source>
        <translation>正在打开 {name}…</translation>
    </message>
    <message>
        <source>Open a video or a project</source>
        <translation>打开视频或项目</translation>
    </message>
    <message>
        <source>Open a folder of images or a project</source>
        <translation>打开图像文件夹或项目</translation>
    </message>
    <message>
        <source>Looking for the media …</source>
        <translation>正在查找媒体…</translation>
    </message>
    <message>
        <source>Unpacked.</source>
        <translation>已解包。</translation>
    </message>
    <message>
        <source>Opening {name}: {share:.0%} of its frames are ready</source>
        <translation>正在打开 {name}：{share:.0%} 的帧已就绪</translation>
    </message>
    <message>
        <source>When all are, any frame that you go to is shown at once.</source>
        <translation>全部就绪后，无论跳到哪一帧都会立即显示。</translation>
    </message>
    <message>
        <source>Open now</source>
        <translation>立即打开</translation>
    </message>
    <message>
        <source>Unpacking {name}: {share:.0%}</source>
        <translation>正在解包 {name}：{share:.0%}</translation>
    </message>
    <message>
        <source>The folder &apos;{folder}&apos; was moved or renamed.</source>
        <translation>文件夹“{folder}”已被移动或重命名。</translation>
    </message>
    <message>
        <source>What you do is saved in it. Close it, and open it where it is now.</source>
        <translation>您所做的修改都保存在其中。请关闭它，再从现在的位置打开。</translation>
    </message>
    <message>
        <source>What you do is saved in &apos;{place}&apos;. Open it there to go on with everything.</source>
        <translation>您所做的修改都保存在“{place}”中。请在该处打开，以便继续使用全部功能。</translation>
    </message>
    <message>
        <source>Open it there</source>
        <translation>在该处打开</translation>
    </message>
    <message>
        <source>No projects yet</source>
        <translation>还没有项目</translation>
    </message>
    <message>
        <source>Where are the media now?</source>
        <translation>媒体现在在哪里？</translation>
    </message>
    <message>
        <source>Drop one video, folder or project.</source>
        <translation>请拖入一个视频、文件夹或项目。</translation>
    </message>
    <message>
        <source>{count} came at once.</source>
        <translation>一次拖入了 {count} 个。</translation>
    </message>
    <message>
        <source>{name} has no key frame before this one.</source>
        <translation>{name} 在此帧之前没有关键帧。</translation>
    </message>
    <message>
        <source>{name} has no key frame after this one.</source>
        <translation>{name} 在此帧之后没有关键帧。</translation>
    </message>
    <message>
        <source>No object is chosen.</source>
        <translation>未选择对象。</translation>
    </message>
    <message>
        <source>Choose one in the list, or add one.</source>
        <translation>请在列表中选择一个，或添加一个。</translation>
    </message>
    <message>
        <source>Mine</source>
        <translation>我的</translation>
    </message>
    <message>
        <source>Unresolved</source>
        <translation>未解决</translation>
    </message>
    <message>
        <source>Which remarks are listed</source>
        <translation>列出哪些批注</translation>
    </message>
    <message>
        <source>Mine: those that you wrote or answered.</source>
        <translation>我的：您写过或回复过的批注。</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search in the remarks</source>
        <translation>在批注中搜索</translation>
    </message>
    <message>
        <source>Frame {frame}, not kept yet</source>
        <translation>第 {frame} 帧，尚未保存</translation>
    </message>
    <message>
        <source>You began to write this: go on, or drop it with Esc.</source>
        <translation>您已开始写这段内容：可以继续写，或按 Esc 丢弃。</translation>
    </message>
    <message>
        <source>Back to the list; what you wrote is kept.</source>
        <translation>返回列表；已写内容会保留。</translation>
    </message>
    <message>
        <source>Back to the list of remarks</source>
        <translation>返回批注列表</translation>
    </message>
    <message>
        <source>What was said</source>
        <translation>讨论内容</translation>
    </message>
    <message>
        <source>Resolve</source>
        <translation>解决</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>With its replies; undo brings it back.</source>
        <translation>连同回复一起删除；撤销可恢复。</translation>
    </message>
    <message>
        <source>Ctrl+Enter keeps it, so does going elsewhere; Esc drops it.</source>
        <translation>Ctrl+Enter 或转到别处即保存；Esc 放弃。</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>A new remark on this frame.</source>
        <translation>在这一帧上写新批注。</translation>
    </message>
    <message>
        <source>Pin …</source>
        <translation>图钉 …</translation>
    </message>
    <message>
        <source>Word anew what you wrote: the remark, or a reply.</source>
        <translation>修改您写的内容：批注或回复。</translation>
    </message>
    <message>
        <source>Where the remark points to. With the hand, its pin can be dragged as well.</source>
        <translation>批注指向的位置。也可以用抓手工具拖动图钉。</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>Reopen</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>回复</translation>
    </message>
    <message>
        <source>New remark on frame {frame} at {x}, {y}</source>
        <translation>第 {frame} 帧 {x}, {y} 处的新批注</translation>
    </message>
    <message>
        <source>New remark on frame {frame}</source>
        <translation>第 {frame} 帧的新批注</translation>
    </message>
    <message>
        <source>Frame {frame}</source>
        <translation>第 {frame} 帧</translation>
    </message>
    <message>
        <source>… and {count} more: search for them</source>
        <translation>… 另有 {count} 条：请搜索</translation>
    </message>
    <message>
        <source>What can be done</source>
        <translation>可执行的操作</translation>
    </message>
    <message>
        <source>Copy this text, to report it or to look it up.</source>
        <translation>复制此文本，以便报告或查询。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation>合并到</translation>
    </message>
    <message>
        <source>Swap from this frame on with</source>
        <translation>从此帧起互换，对象为</translation>
    </message>
    <message>
        <source>Draw on the picture, or add an object.</source>
        <translation>在画面上绘制，或添加对象。</translation>
    </message>
    <message>
        <source>Add object</source>
        <translation>添加对象</translation>
    </message>
    <message>
        <source>Add another object; its id is never used again for another one.</source>
        <translation>再添加一个对象；其编号永不重复使用。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete the chosen object with all its masks (undo brings it back).</source>
        <translation>删除所选对象及其全部掩码（撤销可恢复）。</translation>
    </message>
    <message>
        <source>{name} was deleted.</source>
        <translation>已删除 {name}。</translation>
    </message>
    <message>
        <source>Undo brings it back.</source>
        <translation>撤销可恢复。</translation>
    </message>
    <message>
        <source>no mask on this frame</source>
        <translation>此帧没有掩码</translation>
    </message>
    <message>
        <source>estimated quality {quality}</source>
        <translation>估计质量 {quality}</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>occluded</source>
        <translation>被遮挡</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Other …</source>
        <translation>其他…</translation>
    </message>
    <message>
        <source>Class …</source>
        <translation>类别…</translation>
    </message>
    <message>
        <source>Locked on all frames</source>
        <translation>在所有帧上锁定</translation>
    </message>
    <message>
        <source>Propagate this object</source>
        <translation>传播此对象</translation>
    </message>
    <message>
        <source>Clear mask on this frame</source>
        <translation>清除此帧的掩码</translation>
    </message>
    <message>
        <source>There is no other object</source>
        <translation>没有其他对象</translation>
    </message>
    <message>
        <source>Colour of {name}</source>
        <translation>{name} 的颜色</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Type a command …</source>
        <translation>输入命令…</translation>
    </message>
    <message>
        <source>Scribble</source>
        <translation>涂鸦</translation>
    </message>
    <message>
        <source>Scribbles to masks</source>
        <translation>由涂鸦生成掩码</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Add {name}</source>
        <translation>添加 {name}</translation>
    </message>
    <message>
        <source>Change {name}</source>
        <translation>修改 {name}</translation>
    </message>
    <message>
        <source>Delete {name}</source>
        <translation>删除 {name}</translation>
    </message>
    <message>
        <source>Clear scribbles of frame {frame}</source>
        <translation>清除第 {frame} 帧的涂鸦</translation>
    </message>
    <message>
        <source>Clear {name} on frame {frame}</source>
        <translation>清除 {name} 在第 {frame} 帧的掩码</translation>
    </message>
    <message>
        <source>Paint {name}</source>
        <translation>绘制 {name}</translation>
    </message>
    <message>
        <source>Erase {name}</source>
        <translation>擦除 {name}</translation>
    </message>
    <message>
        <source>Lasso {name}</source>
        <translation>套索 {name}</translation>
    </message>
    <message>
        <source>Lasso: erase {name}</source>
        <translation>套索擦除 {name}</translation>
    </message>
    <message>
        <source>Polygon {name}</source>
        <translation>多边形 {name}</translation>
    </message>
    <message>
        <source>Polygon: erase {name}</source>
        <translation>多边形擦除 {name}</translation>
    </message>
    <message>
        <source>Box {name}</source>
        <translation>矩形框 {name}</translation>
    </message>
    <message>
        <source>Box: erase {name}</source>
        <translation>矩形框擦除 {name}</translation>
    </message>
    <message>
        <source>Fill {name}</source>
        <translation>填充 {name}</translation>
    </message>
    <message>
        <source>Fill: erase {name}</source>
        <translation>填充擦除 {name}</translation>
    </message>
    <message>
        <source>Grow {name}</source>
        <translation>扩张 {name}</translation>
    </message>
    <message>
        <source>Shrink {name}</source>
        <translation>收缩 {name}</translation>
    </message>
    <message>
        <source>Smooth {name}</source>
        <translation>平滑 {name}</translation>
    </message>
    <message>
        <source>Fill holes of {name}</source>
        <translation>填充 {name} 的孔洞</translation>
    </message>
    <message>
        <source>Remove islands of {name}</source>
        <translation>移除 {name} 的孤岛</translation>
    </message>
    <message>
        <source>Copy {name} from frame {frame}</source>
        <translation>从第 {frame} 帧复制 {name}</translation>
    </message>
    <message>
        <source>{name} is absent</source>
        <translation>{name} 不存在</translation>
    </message>
    <message>
        <source>{name} is occluded</source>
        <translation>{name} 被遮挡</translation>
    </message>
    <message>
        <source>{name} is not occluded</source>
        <translation>{name} 未被遮挡</translation>
    </message>
    <message>
        <source>Merge {name} into {other}</source>
        <translation>将 {name} 合并到 {other}</translation>
    </message>
    <message>
        <source>Split {name}</source>
        <translation>拆分 {name}</translation>
    </message>
    <message>
        <source>Find the common object: {count} frames</source>
        <translation>查找共同对象：{count} 帧</translation>
    </message>
    <message>
        <source>Masks from scribbles: {count} frames</source>
        <translation>由涂鸦生成掩码：{count} 帧</translation>
    </message>
    <message>
        <source>Swap {name} and {other} from frame {frame} on</source>
        <translation>从第 {frame} 帧起互换 {name} 和 {other}</translation>
    </message>
    <message>
        <source>Remark on frame {frame}</source>
        <translation>第 {frame} 帧的批注</translation>
    </message>
    <message>
        <source>Change remark {id}</source>
        <translation>修改批注 {id}</translation>
    </message>
    <message>
        <source>Change a reply to remark {id}</source>
        <translation>修改对批注 {id} 的回复</translation>
    </message>
    <message>
        <source>Move the pin of remark {id}</source>
        <translation>移动批注 {id} 的图钉</translation>
    </message>
    <message>
        <source>Reply to remark {id}</source>
        <translation>回复批注 {id}</translation>
    </message>
    <message>
        <source>Resolve remark {id}</source>
        <translation>解决批注 {id}</translation>
    </message>
    <message>
        <source>Reopen remark {id}</source>
        <translation>重新打开批注 {id}</translation>
    </message>
    <message>
        <source>Delete remark {id}</source>
        <translation>删除批注 {id}</translation>
    </message>
    <message>
        <source>Hand over to review</source>
        <translation>移交审阅</translation>
    </message>
    <message>
        <source>Mark as done</source>
        <translation>标记为完成</translation>
    </message>
    <message>
        <source>Send back to annotation</source>
        <translation>退回标注</translation>
    </message>
    <message>
        <source>Send back to review</source>
        <translation>退回审阅</translation>
    </message>
    <message>
        <source>Assign to nobody</source>
        <translation>取消指派</translation>
    </message>
    <message>
        <source>Assign to {name}</source>
        <translation>指派给 {name}</translation>
    </message>
    <message>
        <source>Note on frame {frame}</source>
        <translation>第 {frame} 帧的备注</translation>
    </message>
    <message>
        <source>Remove note of frame {frame}</source>
        <translation>移除第 {frame} 帧的备注</translation>
    </message>
    <message>
        <source>Propagate: {count} frames</source>
        <translation>传播：{count} 帧</translation>
    </message>
    <message>
        <source>Fill between key frames: {count} frames</source>
        <translation>在关键帧之间填充：{count} 帧</translation>
    </message>
    <message>
        <source>Import {format}: {file}</source>
        <translation>导入 {format}：{file}</translation>
    </message>
    <message>
        <source>Checking the file …</source>
        <translation>正在检查文件…</translation>
    </message>
    <message>
        <source>Reading the file …</source>
        <translation>正在读取文件…</translation>
    </message>
    <message>
        <source>Downloading from {address} …</source>
        <translation>正在从 {address} 下载…</translation>
    </message>
    <message>
        <source>Fitted; predicting …</source>
        <translation>拟合完成，正在预测…</translation>
    </message>
    <message>
        <source>Fitting: step {step} of {steps}, loss {loss}</source>
        <translation>正在拟合：第 {step} / {steps} 步，损失 {loss}</translation>
    </message>
    <message>
        <source>{name} is locked on frame {frame}.</source>
        <translation>{name} 在第 {frame} 帧已锁定。</translation>
    </message>
    <message>
        <source>Unlock it to change its mask.</source>
        <translation>解锁后才能修改其掩码。</translation>
    </message>
    <message>
        <source>Unlock it first.</source>
        <translation>请先解锁。</translation>
    </message>
    <message>
        <source>There is no object {object_id}.</source>
        <translation>没有编号为 {object_id} 的对象。</translation>
    </message>
    <message>
        <source>Add or choose an object first.</source>
        <translation>请先添加或选择一个对象。</translation>
    </message>
    <message>
        <source>{name} has no mask on frame {frame}.</source>
        <translation>{name} 在第 {frame} 帧没有掩码。</translation>
    </message>
    <message>
        <source>{name} has no mask on frame {source}.</source>
        <translation>{name} 在第 {source} 帧没有掩码。</translation>
    </message>
    <message>
        <source>Choose two different objects of the project.</source>
        <translation>请选择项目中两个不同的对象。</translation>
    </message>
    <message>
        <source>{name} is locked on {locked} frames, the first is {other}.</source>
        <translation>{name} 有 {locked} 帧已锁定，第一个是第 {other} 帧。</translation>
    </message>
    <message>
        <source>Unlock them first; locked masks never change.</source>
        <translation>请先解锁；已锁定的掩码永不改变。</translation>
    </message>
    <message>
        <source>There is no device &apos;{device}&apos;.</source>
        <translation>没有设备“{device}”。</translation>
    </message>
    <message>
        <source>Use {DEVICES}.</source>
        <translation>请使用 {DEVICES}。</translation>
    </message>
    <message>
        <source>Backend &apos;{id}&apos; does not run on &apos;{device}&apos;.</source>
        <translation>后端“{id}”不能在“{device}”上运行。</translation>
    </message>
    <message>
        <source>Use --device auto or {devices}.</source>
        <translation>请使用 --device auto 或 {devices}。</translation>
    </message>
    <message>
        <source>Backend &apos;{id}&apos; needs {missing_libraries}, which is not installed.</source>
        <translation>后端“{id}”需要 {missing_libraries}，但尚未安装。</translation>
    </message>
    <message>
        <source>Install the networks&apos; libraries: &apos;make networks&apos; or pip install &apos;strokeflow[networks]&apos;.</source>
        <translation>请安装网络所需的库：“make networks”或 pip install &apos;strokeflow[networks]&apos;。</translation>
    </message>
    <message>
        <source>Backend &apos;{id}&apos; has no weights here.</source>
        <translation>本机没有后端“{id}”的权重。</translation>
    </message>
    <message>
        <source>Backend &apos;{id}&apos; uses no optical flow.</source>
        <translation>后端“{id}”不使用光流。</translation>
    </message>
    <message>
        <source>Leave out --flow.</source>
        <translation>请去掉 --flow。</translation>
    </message>
    <message>
        <source>There is no flow &apos;{flow}&apos;.</source>
        <translation>没有光流“{flow}”。</translation>
    </message>
    <message>
        <source>Use &apos;dis&apos; or &apos;ptlflow:NAME&apos;, see models --flows.</source>
        <translation>请使用“dis”或“ptlflow:名称”，参见 models --flows。</translation>
    </message>
    <message>
        <source>The weights of the flow &apos;{flow}&apos; are not here.</source>
        <translation>本机没有光流“{flow}”的权重。</translation>
    </message>
    <message>
        <source>Get them with &apos;strokeflow models fetch {flow}&apos; or &apos;strokeflow models import FILE --as {flow2}&apos;.</source>
        <translation>用“strokeflow models fetch {flow}”或“strokeflow models import FILE --as {flow2}”获取。</translation>
    </message>
    <message>
        <source>Backend &apos;{id}&apos; cannot be fitted.</source>
        <translation>后端“{id}”不能拟合。</translation>
    </message>
    <message>
        <source>Leave out --fit.</source>
        <translation>请去掉 --fit。</translation>
    </message>
    <message>
        <source>This backend finds one object, and the project has several.</source>
        <translation>此后端只能找出一个对象，而项目有多个对象。</translation>
    </message>
    <message>
        <source>Say which one shall get the masks: --objects ID.</source>
        <translation>请指明哪个对象接收掩码：--objects 编号。</translation>
    </message>
    <message>
        <source>That run had already filled every frame.</source>
        <translation>该运行已填充了所有帧。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; was moved or renamed.</source>
        <translation>“{folder}”已被移动或重命名。</translation>
    </message>
    <message>
        <source>Cannot write {path}: that folder is gone.</source>
        <translation>无法写入 {path}：该文件夹已不存在。</translation>
    </message>
    <message>
        <source>If it was moved, use its new place.</source>
        <translation>如果它已被移动，请使用新的位置。</translation>
    </message>
    <message>
        <source>&apos;{title}&apos; was cut off last time, and was taken back.</source>
        <translation>“{title}”上次中途中断，已撤回。</translation>
    </message>
    <message>
        <source>&apos;{title}&apos; was cut off last time; what it had done by then stayed.</source>
        <translation>“{title}”上次中途中断；此前完成的部分已保留。</translation>
    </message>
    <message>
        <source>Nothing of it is left. Start it again.</source>
        <translation>其内容已全部撤回。请重新开始。</translation>
    </message>
    <message>
        <source>Taking it back would have undone what was done since. Look it over.</source>
        <translation>撤回会一并撤销此后所做的修改。请检查一遍。</translation>
    </message>
    <message>
        <source>&apos;{id}&apos; has no address to download from.</source>
        <translation>“{id}”没有下载地址。</translation>
    </message>
    <message>
        <source>Get it by hand from {value} and import the file.</source>
        <translation>请从 {value} 手动获取，然后导入文件。</translation>
    </message>
    <message>
        <source>Make one with &apos;strokeflow train {id}&apos; and import it.</source>
        <translation>请用 &apos;strokeflow train {id}&apos; 训练一个，然后导入。</translation>
    </message>
    <message>
        <source>There is no file {file}.</source>
        <translation>没有文件 {file}。</translation>
    </message>
    <message>
        <source>Give the path of a checkpoint.</source>
        <translation>请给出检查点文件的路径。</translation>
    </message>
    <message>
        <source>&apos;{id}&apos; is not on this machine.</source>
        <translation>本机没有“{id}”。</translation>
    </message>
    <message>
        <source>&apos;strokeflow models list&apos; shows what is.</source>
        <translation>“strokeflow models list”可列出已有的模型。</translation>
    </message>
    <message>
        <source>There is no frame {frame}.</source>
        <translation>没有第 {frame} 帧。</translation>
    </message>
    <message>
        <source>The last one is {value}.</source>
        <translation>最后一帧是第 {value} 帧。</translation>
    </message>
    <message>
        <source>The remark is {text} characters long.</source>
        <translation>批注有 {text} 个字符。</translation>
    </message>
    <message>
        <source>The name is {name} characters long.</source>
        <translation>姓名有 {name} 个字符。</translation>
    </message>
    <message>
        <source>There is no further open remark on that side.</source>
        <translation>那一侧没有更多未解决的批注。</translation>
    </message>
    <message>
        <source>The place {x}, {y} is outside the picture.</source>
        <translation>位置 {x}, {y} 在画面之外。</translation>
    </message>
    <message>
        <source>It has {width} × {height} pixels.</source>
        <translation>画面为 {width} × {height} 像素。</translation>
    </message>
    <message>
        <source>A remark needs some text.</source>
        <translation>批注需要文字。</translation>
    </message>
    <message>
        <source>Write what is to be looked at.</source>
        <translation>请写明需要查看什么。</translation>
    </message>
    <message>
        <source>There is no remark {remark_id}.</source>
        <translation>没有批注 {remark_id}。</translation>
    </message>
    <message>
        <source>There is no reply {answer} to remark {remark_id}.</source>
        <translation>批注 {remark_id} 没有回复 {answer}。</translation>
    </message>
    <message>
        <source>{author} wrote that.</source>
        <translation>这是 {author} 写的。</translation>
    </message>
    <message>
        <source>Reply to it instead.</source>
        <translation>请改为回复它。</translation>
    </message>
    <message>
        <source>It may have been deleted.</source>
        <translation>它可能已被删除。</translation>
    </message>
    <message>
        <source>No project is marked done.</source>
        <translation>没有标记为完成的项目。</translation>
    </message>
    <message>
        <source>Mark some as done, or take all.</source>
        <translation>请将一些项目标记为完成，或选用全部项目。</translation>
    </message>
    <message>
        <source>Draw or import some, or name the frames that it shall find masks on (--frames A:B).</source>
        <translation>请绘制或导入涂鸦，或指定要在哪些帧上查找掩码（--frames A:B）。</translation>
    </message>
    <message>
        <source>There is no scribble on this frame to remove.</source>
        <translation>此帧没有可移除的涂鸦。</translation>
    </message>
    <message>
        <source>The media of this project are not at {place}.</source>
        <translation>该项目的媒体不在 {place}。</translation>
    </message>
    <message>
        <source>{path} is not what this project was made with: its frames have changed.</source>
        <translation>{path} 与创建该项目时不同：其帧已改变。</translation>
    </message>
    <message>
        <source>Put it back, or use &quot;Locate&quot; to show where it is now.</source>
        <translation>请将其放回原处，或用“重新定位媒体”指明它现在的位置。</translation>
    </message>
    <message>
        <source>The media need {needed} MiB with room to spare, and {free} MiB are free there.</source>
        <translation>媒体需要 {needed} MiB（含余量），而那里只有 {free} MiB 可用空间。</translation>
    </message>
    <message>
        <source>Keep it to {MAX_LENGTH} characters.</source>
        <translation>请不要超过 {MAX_LENGTH} 个字符。</translation>
    </message>
    <message>
        <source>Frames {start}:{stop} are not a range of this clip.</source>
        <translation>帧 {start}:{stop} 不是此视频的有效范围。</translation>
    </message>
    <message>
        <source>It has the frames 0:{n_frames} (the end is not included).</source>
        <translation>它的帧为 0:{n_frames}（不含末尾）。</translation>
    </message>
    <message>
        <source>The project has no objects yet.</source>
        <translation>项目还没有对象。</translation>
    </message>
    <message>
        <source>Draw or import a mask or scribbles first.</source>
        <translation>请先绘制或导入掩码或涂鸦。</translation>
    </message>
    <message>
        <source>&apos;{direction}&apos; is no direction.</source>
        <translation>“{direction}”不是有效的方向。</translation>
    </message>
    <message>
        <source>Choose one of {DIRECTIONS}.</source>
        <translation>请从 {DIRECTIONS} 中选择。</translation>
    </message>
    <message>
        <source>Every frame in this range is already a key frame.</source>
        <translation>该范围内的每一帧都已是关键帧。</translation>
    </message>
    <message>
        <source>These labels were made for other media, {name}: check that they fit.</source>
        <translation>这些标注是为其他媒体 {name} 制作的：请检查是否匹配。</translation>
    </message>
    <message>
        <source>The numbers of the images have gaps: {count} missing, the first between {before} and {after}. Frames are counted without them.</source>
        <translation>图像编号有缺口：缺少 {count} 个，第一个在 {before} 与 {after} 之间。计帧时不包含缺失的图像。</translation>
    </message>
    <message>
        <source>Choose a larger range; human work is never overwritten.</source>
        <translation>请选择更大的范围；人工标注永远不会被覆盖。</translation>
    </message>
    <message>
        <source>No frame in this range has scribbles whose mask may be computed.</source>
        <translation>该范围内没有可计算掩码的涂鸦帧。</translation>
    </message>
    <message>
        <source>Draw scribbles or import them; masks made by hand are never overwritten.</source>
        <translation>请绘制或导入涂鸦；手工制作的掩码永远不会被覆盖。</translation>
    </message>
    <message>
        <source>These frames are not all in this clip.</source>
        <translation>这些帧不全在此视频中。</translation>
    </message>
    <message>
        <source>Every one of these frames is drawn, accepted or locked already.</source>
        <translation>这些帧都已手绘、接受或锁定。</translation>
    </message>
    <message>
        <source>Choose other frames; human work is never overwritten.</source>
        <translation>请选择其他帧；人工标注永远不会被覆盖。</translation>
    </message>
    <message>
        <source>There is nothing to fit the network on.</source>
        <translation>没有可供网络拟合的内容。</translation>
    </message>
    <message>
        <source>Draw scribbles or masks on at least one frame first.</source>
        <translation>请先在至少一帧上绘制涂鸦或掩码。</translation>
    </message>
    <message>
        <source>There are: {known}.</source>
        <translation>可选：{known}。</translation>
    </message>
    <message>
        <source>No free project name beside &apos;{media_path}&apos;.</source>
        <translation>“{media_path}”旁没有可用的项目名称。</translation>
    </message>
    <message>
        <source>Use &apos;strokeflow new&apos;.</source>
        <translation>请使用“strokeflow new”。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; already exists.</source>
        <translation>“{folder}”已存在。</translation>
    </message>
    <message>
        <source>Choose another name, or open the project there.</source>
        <translation>请换一个名称，或打开那里的项目。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is no name for a project.</source>
        <translation>“{path}”不能作为项目名称。</translation>
    </message>
    <message>
        <source>&apos;{place}&apos; does not hold the media of this project ({name}).</source>
        <translation>“{place}”中没有此项目的媒体（{name}）。</translation>
    </message>
    <message>
        <source>Choose the file or folder that the project was made with.</source>
        <translation>请选择创建项目时所用的文件或文件夹。</translation>
    </message>
    <message>
        <source>The project has no frames to report on.</source>
        <translation>项目没有可报告的帧。</translation>
    </message>
    <message>
        <source>The media of this project are missing, so that the truth cannot be matched.</source>
        <translation>此项目的媒体缺失，因此无法匹配真值。</translation>
    </message>
    <message>
        <source>Locate them in the window first.</source>
        <translation>请先在窗口中重新定位媒体。</translation>
    </message>
    <message>
        <source>All {MAX_OBJECT_ID} object ids of this project have been used.</source>
        <translation>此项目的 {MAX_OBJECT_ID} 个对象编号都已用完。</translation>
    </message>
    <message>
        <source>Ids are never given twice; continue in a second project.</source>
        <translation>编号永不重复使用；请在另一个项目中继续。</translation>
    </message>
    <message>
        <source>Choose an object of the project.</source>
        <translation>请选择项目中的一个对象。</translation>
    </message>
    <message>
        <source>There is nothing of {name} to split off there.</source>
        <translation>那里没有可从 {name} 拆分出的部分。</translation>
    </message>
    <message>
        <source>Choose a part of its mask, not all of it.</source>
        <translation>请选择其掩码的一部分，而不是全部。</translation>
    </message>
    <message>
        <source>Unlock it first; locked masks never change.</source>
        <translation>请先解锁；已锁定的掩码永不改变。</translation>
    </message>
    <message>
        <source>Nothing is out of date: no key frame was edited after the runs.</source>
        <translation>没有过期的内容：运行之后没有修改过关键帧。</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>没有可撤销的操作。</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>没有可重做的操作。</translation>
    </message>
    <message>
        <source>&apos;{title}&apos; is still running.</source>
        <translation>“{title}”仍在运行。</translation>
    </message>
    <message>
        <source>Cancel the run first, then undo it.</source>
        <translation>请先取消运行，再撤销。</translation>
    </message>
    <message>
        <source>&apos;{title}&apos; is not done yet.</source>
        <translation>“{title}”尚未完成。</translation>
    </message>
    <message>
        <source>Wait for it; you can look around meanwhile.</source>
        <translation>请等它完成；其间可以浏览。</translation>
    </message>
    <message>
        <source>The project is open read-only.</source>
        <translation>项目以只读方式打开。</translation>
    </message>
    <message>
        <source>There are no labels to export.</source>
        <translation>没有可导出的标注。</translation>
    </message>
    <message>
        <source>Draw or import a mask first.</source>
        <translation>请先绘制或导入掩码。</translation>
    </message>
    <message>
        <source>The media of this project are missing.</source>
        <translation>此项目的媒体缺失。</translation>
    </message>
    <message>
        <source>Locate them first.</source>
        <translation>请先重新定位。</translation>
    </message>
    <message>
        <source>The media are in the project folder already.</source>
        <translation>媒体已在项目文件夹中。</translation>
    </message>
    <message>
        <source>{name} changed while it was copied.</source>
        <translation>{name} 在复制过程中发生了变化。</translation>
    </message>
    <message>
        <source>Copy it again.</source>
        <translation>请重新复制。</translation>
    </message>
    <message>
        <source>Free some space or move the project to another disk.</source>
        <translation>请释放一些空间，或将项目移到其他磁盘。</translation>
    </message>
    <message>
        <source>{name} has been closed.</source>
        <translation>{name} 已被关闭。</translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation>请重新打开。</translation>
    </message>
    <message>
        <source>{file} cannot be read: {error}.</source>
        <translation>无法读取 {file}：{error}。</translation>
    </message>
    <message>
        <source>{file} claims {width}x{height} pixels, more than can be handled.</source>
        <translation>{file} 声称有 {width}x{height} 像素，超出可处理范围。</translation>
    </message>
    <message>
        <source>{file} claims more than {count} pixels, more than can be handled.</source>
        <translation>{file} 声称超过 {count} 像素，超出可处理的范围。</translation>
    </message>
    <message>
        <source>Scale the image down first.</source>
        <translation>请先缩小图像。</translation>
    </message>
    <message>
        <source>Choose a folder with jpg, png, bmp, tif, webp or exr files, or a video file.</source>
        <translation>请选择包含 jpg、png、bmp、tif、webp 或 exr 文件的文件夹，或一个视频文件。</translation>
    </message>
    <message>
        <source>Renumber the objects, or import black and white with the format &quot;binary&quot;.</source>
        <translation>请重新编号对象，或使用格式“binary”导入黑白掩码。</translation>
    </message>
    <message>
        <source>&apos;{file}&apos; cannot be written.</source>
        <translation>无法写入“{file}”。</translation>
    </message>
    <message>
        <source>Check the path and its rights.</source>
        <translation>请检查路径及其权限。</translation>
    </message>
    <message>
        <source>The project &apos;{folder}&apos; was deleted.</source>
        <translation>项目“{folder}”已被删除。</translation>
    </message>
    <message>
        <source>Nothing can be saved in it any more. Close it, then open a backup.</source>
        <translation>其中无法再保存任何内容。请关闭它，然后打开备份。</translation>
    </message>
    <message>
        <source>What was not saved is lost. Open a backup.</source>
        <translation>未保存的内容已丢失。请打开备份。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; was not closed, and nothing can be written there to read it whole.</source>
        <translation>“{folder}”未正常关闭，且该处不可写，无法完整读取。</translation>
    </message>
    <message>
        <source>Copy it to a place where you may write, and open it there.</source>
        <translation>请将其复制到可写的位置，再从那里打开。</translation>
    </message>
    <message>
        <source>A PNG could not be made.</source>
        <translation>无法生成 PNG。</translation>
    </message>
    <message>
        <source>Try another kind.</source>
        <translation>请换一种类型。</translation>
    </message>
    <message>
        <source>Choose another one, or 0 for all.</source>
        <translation>请另选一个；0 表示全部。</translation>
    </message>
    <message>
        <source>The video cannot be written: {error}.</source>
        <translation>无法写入视频：{error}。</translation>
    </message>
    <message>
        <source>Try PNGs.</source>
        <translation>请改用 PNG。</translation>
    </message>
    <message>
        <source>The page would be too large.</source>
        <translation>页面会过大。</translation>
    </message>
    <message>
        <source>Choose fewer or smaller frames.</source>
        <translation>请选择更少或更小的帧。</translation>
    </message>
    <message>
        <source>Reinstall PyAV.</source>
        <translation>请重新安装 PyAV。</translation>
    </message>
    <message>
        <source>This installation cannot write {kind}.</source>
        <translation>本安装无法写入 {kind}。</translation>
    </message>
    <message>
        <source>{name} is no name for a file of {format}.</source>
        <translation>{name} 不是 {format} 文件的名称。</translation>
    </message>
    <message>
        <source>Use one of the endings {endings}.</source>
        <translation>请使用以下扩展名之一：{endings}。</translation>
    </message>
    <message>
        <source>{name} is the name of a file, but {format} writes a folder of files.</source>
        <translation>{name} 是文件名，但 {format} 写入的是一个文件夹。</translation>
    </message>
    <message>
        <source>Name a folder, such as {name}.</source>
        <translation>请指定一个文件夹，例如 {name}。</translation>
    </message>
    <message>
        <source>{place} belongs to the project {name}.</source>
        <translation>{place} 属于项目 {name}。</translation>
    </message>
    <message>
        <source>Choose a place outside of it.</source>
        <translation>请选择项目之外的位置。</translation>
    </message>
    <message>
        <source>The video {file} cannot be written: {error}.</source>
        <translation>无法写入视频 {file}：{error}。</translation>
    </message>
    <message>
        <source>Try another size.</source>
        <translation>请换一个尺寸。</translation>
    </message>
    <message>
        <source>{src} holds no masks.</source>
        <translation>{src} 中没有掩码。</translation>
    </message>
    <message>
        <source>Choose the folder with the masks.</source>
        <translation>请选择存放掩码的文件夹。</translation>
    </message>
    <message>
        <source>Two folders of {src} have the same number.</source>
        <translation>{src} 中有两个文件夹编号相同。</translation>
    </message>
    <message>
        <source>Rename one of them.</source>
        <translation>请重命名其中一个。</translation>
    </message>
    <message>
        <source>{src} holds masks as well as folders of masks.</source>
        <translation>{src} 中既有掩码，也有掩码文件夹。</translation>
    </message>
    <message>
        <source>Choose one of its folders, or take the single masks away.</source>
        <translation>请选择其中一个文件夹，或移走单独的掩码。</translation>
    </message>
    <message>
        <source>The folder {folder} stands for object {object_id}, outside 1 to {highest}.</source>
        <translation>文件夹 {folder} 表示对象 {object_id}，超出 1 到 {highest} 的范围。</translation>
    </message>
    <message>
        <source>Rename the folder.</source>
        <translation>请重命名该文件夹。</translation>
    </message>
    <message>
        <source>{file} holds {count} colours, more than there can be objects.</source>
        <translation>{file} 含有 {count} 种颜色，超过对象数的上限。</translation>
    </message>
    <message>
        <source>{file} and those before it hold {count} colours, more than there can be objects.</source>
        <translation>{file} 及之前的文件共含 {count} 种颜色，超过对象数的上限。</translation>
    </message>
    <message>
        <source>Choose masks; pictures of a camera are none.</source>
        <translation>请选择掩码；相机拍摄的图片不是掩码。</translation>
    </message>
    <message>
        <source>None of the {count} masks in {src} belongs to the chosen frames.</source>
        <translation>{src} 中的 {count} 个掩码都不属于所选的帧。</translation>
    </message>
    <message>
        <source>None of the masks in {src} belongs to the chosen frames.</source>
        <translation>{src} 中的掩码都不属于所选的帧。</translation>
    </message>
    <message>
        <source>Choose other frames.</source>
        <translation>请选择其他帧。</translation>
    </message>
    <message>
        <source>{what} is {found}, but the frames are {size}.</source>
        <translation>{what} 为 {found}，但帧为 {size}。</translation>
    </message>
    <message>
        <source>Masks must have the size of the frames; export them again at full size, or allow resizing.</source>
        <translation>掩码必须与帧同尺寸；请以原尺寸重新导出，或允许缩放。</translation>
    </message>
    <message>
        <source>{what} is {found}, which cannot be resized.</source>
        <translation>{what} 为 {found}，无法缩放。</translation>
    </message>
    <message>
        <source>Replace it.</source>
        <translation>请替换它。</translation>
    </message>
    <message>
        <source>{file} is not an image that can be read.</source>
        <translation>{file} 不是可读取的图像。</translation>
    </message>
    <message>
        <source>{file} claims to be far larger than any frame.</source>
        <translation>{file} 声称的尺寸远大于任何帧。</translation>
    </message>
    <message>
        <source>{src} has a scribble on frame {frame} whose path is empty or outside the picture.</source>
        <translation>{src} 在第 {frame} 帧有一条涂鸦的路径为空或超出画面。</translation>
    </message>
    <message>
        <source>Paths must be given as shares of width and height, from 0 to 1.</source>
        <translation>路径须以宽和高的比例给出，取值 0 到 1。</translation>
    </message>
    <message>
        <source>{src} has a scribble of object {object_id} on frame {frame}.</source>
        <translation>{src} 在第 {frame} 帧有对象 {object_id} 的涂鸦。</translation>
    </message>
    <message>
        <source>Objects are numbered from 1 to {highest}; 0 is background.</source>
        <translation>对象编号为 1 到 {highest}；0 为背景。</translation>
    </message>
    <message>
        <source>{src} has scribbles for {frames} frames, but {name} has {count}.</source>
        <translation>{src} 含有 {frames} 帧的涂鸦，但 {name} 有 {count} 帧。</translation>
    </message>
    <message>
        <source>Choose the file that belongs to this video.</source>
        <translation>请选择属于此视频的文件。</translation>
    </message>
    <message>
        <source>{src} holds no scribble on the chosen frames.</source>
        <translation>{src} 在所选帧上没有涂鸦。</translation>
    </message>
    <message>
        <source>{src} has a bad scribble on frame {frame}: {error}.</source>
        <translation>{src} 在第 {frame} 帧有一条错误的涂鸦：{error}。</translation>
    </message>
    <message>
        <source>{path} was written by a newer version of Strokeflow.</source>
        <translation>{path} 由更新版本的 Strokeflow 写成。</translation>
    </message>
    <message>
        <source>Update Strokeflow.</source>
        <translation>请更新 Strokeflow。</translation>
    </message>
    <message>
        <source>{path} is too large for a frame map.</source>
        <translation>{path} 过大，不像帧映射表。</translation>
    </message>
    <message>
        <source>Check where it comes from.</source>
        <translation>请检查它的来源。</translation>
    </message>
    <message>
        <source>The frame map {path} is damaged: {error}.</source>
        <translation>帧映射表 {path} 已损坏：{error}。</translation>
    </message>
    <message>
        <source>Remove it to match the files by their names, or export again.</source>
        <translation>删除它即可按文件名匹配，或重新导出。</translation>
    </message>
    <message>
        <source>{stray} matches no frame of {name}, which has {count} frames ({first} to {last}); there are {files} label files.</source>
        <translation>{stray} 与 {name} 的任何帧都不匹配；它有 {count} 帧（{first} 到 {last}），而标注文件有 {files} 个。</translation>
    </message>
    <message>
        <source>Name the files like the frames, or match them by order.</source>
        <translation>请按帧名命名文件，或按顺序匹配。</translation>
    </message>
    <message>
        <source>There are {files} label files, but only {count} frames of {name} from frame {start} on.</source>
        <translation>有 {files} 个标注文件，但 {name} 从第 {start} 帧起只有 {count} 帧。</translation>
    </message>
    <message>
        <source>Take some files away, or begin at an earlier frame.</source>
        <translation>请移走一些文件，或从更早的帧开始。</translation>
    </message>
    <message>
        <source>No frame map tells which frames of {name} the {files} files belong to.</source>
        <translation>没有帧映射表说明这 {files} 个文件属于 {name} 的哪些帧。</translation>
    </message>
    <message>
        <source>Match them by name, by number or by order.</source>
        <translation>请按名称、编号或顺序匹配。</translation>
    </message>
    <message>
        <source>Two files belong to frame {frame}: {twin} and {file}.</source>
        <translation>有两个文件属于帧 {frame}：{twin} 和 {file}。</translation>
    </message>
    <message>
        <source>{src} has a mask of image {stray}, which it does not list.</source>
        <translation>{src} 含有图像 {stray} 的掩码，却未列出该图像。</translation>
    </message>
    <message>
        <source>Add the image, or remove the mask.</source>
        <translation>请添加该图像，或删除该掩码。</translation>
    </message>
    <message>
        <source>{src} holds {count} XML files, one is needed.</source>
        <translation>{src} 中有 {count} 个 XML 文件，只需要一个。</translation>
    </message>
    <message>
        <source>{src} holds {count} JSON files, one is needed.</source>
        <translation>{src} 中有 {count} 个 JSON 文件，只需要一个。</translation>
    </message>
    <message>
        <source>{src} holds {count} archives (.npz), one is needed.</source>
        <translation>{src} 中有 {count} 个归档（.npz），只需要一个。</translation>
    </message>
    <message>
        <source>Choose the file itself.</source>
        <translation>请直接选择该文件。</translation>
    </message>
    <message>
        <source>Choose the file.</source>
        <translation>请选择文件。</translation>
    </message>
    <message>
        <source>{src} holds nothing on the chosen frames.</source>
        <translation>{src} 在所选帧上没有内容。</translation>
    </message>
    <message>
        <source>{src} lists no image.</source>
        <translation>{src} 没有列出任何图像。</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>请选择其他文件。</translation>
    </message>
    <message>
        <source>{src} lists an image twice.</source>
        <translation>{src} 把一个图像列了两次。</translation>
    </message>
    <message>
        <source>Remove one of the two.</source>
        <translation>请删除其中一个。</translation>
    </message>
    <message>
        <source>{name} in {src} has {count} masks, more than {highest}.</source>
        <translation>{src} 中的 {name} 有 {count} 个掩码，超过 {highest} 个。</translation>
    </message>
    <message>
        <source>Take some away.</source>
        <translation>请移走一些。</translation>
    </message>
    <message>
        <source>{src} has {count} tracks, more than {highest}.</source>
        <translation>{src} 有 {count} 条轨迹，超过 {highest} 条。</translation>
    </message>
    <message>
        <source>Split it into several files.</source>
        <translation>请拆分成多个文件。</translation>
    </message>
    <message>
        <source>A mask of {name} in {file} cannot be read: {error}.</source>
        <translation>{file} 中 {name} 的一个掩码无法读取：{error}。</translation>
    </message>
    <message>
        <source>Export the file again.</source>
        <translation>请重新导出该文件。</translation>
    </message>
    <message>
        <source>{src} is empty (0 bytes).</source>
        <translation>{src} 为空（0 字节）。</translation>
    </message>
    <message>
        <source>{src} is larger than {size} MB.</source>
        <translation>{src} 大于 {size} MB。</translation>
    </message>
    <message>
        <source>{src} is larger than {size} GB.</source>
        <translation>{src} 大于 {size} GB。</translation>
    </message>
    <message>
        <source>{src} does not hold {what}: {error}.</source>
        <translation>{src} 的内容不是 {what}：{error}。</translation>
    </message>
    <message>
        <source>{src} holds no label files (.json, .xml).</source>
        <translation>{src} 中没有标注文件（.json、.xml）。</translation>
    </message>
    <message>
        <source>{src} holds no label files (.txt).</source>
        <translation>{src} 中没有标注文件（.txt）。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择其他文件夹。</translation>
    </message>
    <message>
        <source>{src} holds JSON as well as XML files.</source>
        <translation>{src} 中既有 JSON 也有 XML 文件。</translation>
    </message>
    <message>
        <source>Choose one kind.</source>
        <translation>请选择其中一种。</translation>
    </message>
    <message>
        <source>Export it again.</source>
        <translation>请重新导出。</translation>
    </message>
    <message>
        <source>{src} holds {count} videos, and {named} of them are called {name}.</source>
        <translation>{src} 含有 {count} 个视频，其中 {named} 个名为 {name}。</translation>
    </message>
    <message>
        <source>Keep one video in the file.</source>
        <translation>请在文件中只保留一个视频。</translation>
    </message>
    <message>
        <source>{src} has an object with {wrong} masks in a video of {count} frames.</source>
        <translation>{src} 中有一个对象带 {wrong} 个掩码，而视频有 {count} 帧。</translation>
    </message>
    <message>
        <source>MOTS has room for {count} classes.</source>
        <translation>MOTS 最多容纳 {count} 个类别。</translation>
    </message>
    <message>
        <source>Use fewer categories.</source>
        <translation>请使用更少的类别。</translation>
    </message>
    <message>
        <source>{src} has two masks of one object on frame {twin}.</source>
        <translation>{src} 在第 {twin} 帧有同一对象的两个掩码。</translation>
    </message>
    <message>
        <source>{file} claims to be {size}.</source>
        <translation>{file} 声称尺寸为 {size}。</translation>
    </message>
    <message>
        <source>{src} does not hold lines of KITTI MOTS: {error}.</source>
        <translation>{src} 的内容不是 KITTI MOTS 的行：{error}。</translation>
    </message>
    <message>
        <source>{src} holds no PNGs and {count} text files.</source>
        <translation>{src} 中没有 PNG，有 {count} 个文本文件。</translation>
    </message>
    <message>
        <source>Choose one file.</source>
        <translation>请选择一个文件。</translation>
    </message>
    <message>
        <source>{file} is no 16-bit PNG.</source>
        <translation>{file} 不是 16 位 PNG。</translation>
    </message>
    <message>
        <source>{src} holds no OpenEXR files.</source>
        <translation>{src} 中没有 OpenEXR 文件。</translation>
    </message>
    <message>
        <source>Choose the folder with them.</source>
        <translation>请选择包含这些文件的文件夹。</translation>
    </message>
    <message>
        <source>{file} holds no Cryptomatte.</source>
        <translation>{file} 中没有 Cryptomatte 遮罩。</translation>
    </message>
    <message>
        <source>Choose another file or format.</source>
        <translation>请选择其他文件或格式。</translation>
    </message>
    <message>
        <source>{file} has no layer {layer}.</source>
        <translation>{file} 中没有图层 {layer}。</translation>
    </message>
    <message>
        <source>Choose one of these: {names}.</source>
        <translation>请选择其中之一：{names}。</translation>
    </message>
    <message>
        <source>The manifest of {file} cannot be read.</source>
        <translation>无法读取 {file} 的清单。</translation>
    </message>
    <message>
        <source>Choose the format davis for it.</source>
        <translation>请为它选择 davis 格式。</translation>
    </message>
    <message>
        <source>{src} holds {count} frames and matches no frame of {name}, which has {frames} frames.</source>
        <translation>{src} 有 {count} 帧，与有 {frames} 帧的 {name} 都不匹配。</translation>
    </message>
    <message>
        <source>Give one label map per frame, or match them by order.</source>
        <translation>请为每帧给出一个标签图，或按顺序匹配。</translation>
    </message>
    <message>
        <source>{src} has no array {names}.</source>
        <translation>{src} 中没有数组 {names}。</translation>
    </message>
    <message>
        <source>Name the array labels.</source>
        <translation>请把数组命名为 labels。</translation>
    </message>
    <message>
        <source>The array in {src} is {kind} {shape}, not uint8 [N, H, W].</source>
        <translation>{src} 中的数组为 {kind} {shape}，而不是 uint8 [N, H, W]。</translation>
    </message>
    <message>
        <source>Save label maps of object ids, frame by frame.</source>
        <translation>请逐帧保存对象编号的标签图。</translation>
    </message>
    <message>
        <source>{src} holds {count} frames.</source>
        <translation>{src} 含有 {count} 帧。</translation>
    </message>
    <message>
        <source>{src} cannot be read: {error}.</source>
        <translation>无法读取 {src}：{error}。</translation>
    </message>
    <message>
        <source>{file} is larger than {size} MB.</source>
        <translation>{file} 大于 {size} MB。</translation>
    </message>
    <message>
        <source>{file} does not hold lines of a class and numbers: {error}.</source>
        <translation>{file} 的各行不是类别和数字：{error}。</translation>
    </message>
    <message>
        <source>Export it again, or take it away.</source>
        <translation>请重新导出，或移走它。</translation>
    </message>
    <message>
        <source>Choose one of: {names}.</source>
        <translation>请从中选择：{names}。</translation>
    </message>
    <message>
        <source>There is no frame to export.</source>
        <translation>没有可导出的帧。</translation>
    </message>
    <message>
        <source>Choose frames inside the video.</source>
        <translation>请选择视频之内的帧。</translation>
    </message>
    <message>
        <source>There is no file or folder {src}.</source>
        <translation>没有文件或文件夹 {src}。</translation>
    </message>
    <message>
        <source>{src} is neither a file nor a folder.</source>
        <translation>{src} 既不是文件也不是文件夹。</translation>
    </message>
    <message>
        <source>{src} is a video, and {format} does not read labels from videos.</source>
        <translation>{src} 是视频，而 {format} 不从视频中读取标注。</translation>
    </message>
    <message>
        <source>Masks that lie in a video are taken from pictures: write its frames as PNGs into a folder, and import that as &quot;binary&quot; or &quot;davis&quot;. To label the video itself, open it.</source>
        <translation>视频形式的掩码须以图片导入：将其各帧以 PNG 写入文件夹，再以 &quot;binary&quot; 或 &quot;davis&quot; 导入该文件夹。若要标注该视频本身，请直接打开它。</translation>
    </message>
    <message>
        <source>Choose the labels themselves.</source>
        <translation>请直接选择标注本身。</translation>
    </message>
    <message>
        <source>There is no frame {frame} to begin at.</source>
        <translation>没有可作为起点的第 {frame} 帧。</translation>
    </message>
    <message>
        <source>{name} has {count} frames.</source>
        <translation>{name} 有 {count} 帧。</translation>
    </message>
    <message>
        <source>{out} is a file, not a folder.</source>
        <translation>{out} 是文件，不是文件夹。</translation>
    </message>
    <message>
        <source>Choose a new or an empty folder.</source>
        <translation>请选择新的或空的文件夹。</translation>
    </message>
    <message>
        <source>{out} holds other files, such as {name}.</source>
        <translation>{out} 中有其他文件，例如 {name}。</translation>
    </message>
    <message>
        <source>{out} holds other files.</source>
        <translation>{out} 中有其他文件。</translation>
    </message>
    <message>
        <source>{out} belongs to the media of the project.</source>
        <translation>{out} 属于该项目的媒体。</translation>
    </message>
    <message>
        <source>The name of frame {frame}, {name}, cannot be a file name.</source>
        <translation>第 {frame} 帧的名称 {name} 不能作为文件名。</translation>
    </message>
    <message>
        <source>Rename the image and open it again.</source>
        <translation>请重命名图像后重新打开。</translation>
    </message>
    <message>
        <source>&apos;{text}&apos; is no split.</source>
        <translation>“{text}”不是划分。</translation>
    </message>
    <message>
        <source>Write a name and a share for each: train=80,val=20.</source>
        <translation>请为每个划分写出名称和份额：train=80,val=20。</translation>
    </message>
    <message>
        <source>Write {example}.</source>
        <translation>请写成 {example}。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; cannot be &apos;{given}&apos;.</source>
        <translation>“{name}”不能是“{given}”。</translation>
    </message>
    <message>
        <source>Two splits have the same name.</source>
        <translation>有两个划分同名。</translation>
    </message>
    <message>
        <source>The shares of the splits add up to nothing.</source>
        <translation>各划分的份额之和为零。</translation>
    </message>
    <message>
        <source>There is no clip called {name}.</source>
        <translation>没有名为 {name} 的视频。</translation>
    </message>
    <message>
        <source>There are: {names}.</source>
        <translation>现有：{names}。</translation>
    </message>
    <message>
        <source>No project was chosen.</source>
        <translation>没有选择项目。</translation>
    </message>
    <message>
        <source>Choose at least one.</source>
        <translation>请至少选择一个。</translation>
    </message>
    <message>
        <source>The minimum quality goes from 0 to 1.</source>
        <translation>最低质量的范围为 0 到 1。</translation>
    </message>
    <message>
        <source>Every Nth frame needs a number from 1.</source>
        <translation>“每隔 N 帧”需要不小于 1 的数。</translation>
    </message>
    <message>
        <source>{names} are the same video, but go into different splits.</source>
        <translation>{names} 是同一个视频，却分到不同的划分。</translation>
    </message>
    <message>
        <source>Assign them to one split.</source>
        <translation>请把它们分到同一个划分。</translation>
    </message>
    <message>
        <source>{clip} is to go into &apos;{split}&apos;, which is no split.</source>
        <translation>{clip} 要分到“{split}”，但没有这个划分。</translation>
    </message>
    <message>
        <source>{name} is a video: it has no picture files to link to.</source>
        <translation>{name} 是视频，没有可链接的图片文件。</translation>
    </message>
    <message>
        <source>Choose jpg or png for the pictures.</source>
        <translation>请为图片选择 jpg 或 png。</translation>
    </message>
    <message>
        <source>The option &apos;{name}&apos; does not go with a data set.</source>
        <translation>选项“{name}”不适用于数据集。</translation>
    </message>
    <message>
        <source>Leave it out: the layout decides.</source>
        <translation>请去掉它：由布局决定。</translation>
    </message>
    <message>
        <source>No project has an object of the class &apos;{name}&apos;.</source>
        <translation>没有项目含有类别为“{name}”的对象。</translation>
    </message>
    <message>
        <source>No frame of any project fulfils the conditions.</source>
        <translation>没有任何项目的帧满足条件。</translation>
    </message>
    <message>
        <source>Choose other classes, a lower quality, or label some frames first.</source>
        <translation>请选择其他类别、降低质量要求，或先标注一些帧。</translation>
    </message>
    <message>
        <source>Another export to {name} is under way.</source>
        <translation>另一个到 {name} 的导出正在进行。</translation>
    </message>
    <message>
        <source>Wait until it is done.</source>
        <translation>请等它完成。</translation>
    </message>
    <message>
        <source>The file has no object &apos;{key}&apos;.</source>
        <translation>文件中没有对象“{key}”。</translation>
    </message>
    <message>
        <source>It has: {names}.</source>
        <translation>它含有：{names}。</translation>
    </message>
    <message>
        <source>&apos;{key}&apos; cannot become &apos;{word}&apos;.</source>
        <translation>“{key}”不能成为“{word}”。</translation>
    </message>
    <message>
        <source>Give the id of an object, or new, void or skip.</source>
        <translation>请给出对象编号，或 new、void、skip。</translation>
    </message>
    <message>
        <source>Ids go from 1 to {highest}.</source>
        <translation>编号为 1 到 {highest}。</translation>
    </message>
    <message>
        <source>Void pixels became background.</source>
        <translation>忽略区像素变成了背景。</translation>
    </message>
    <message>
        <source>{count} frames between those shown were left out.</source>
        <translation>所示帧之间有 {count} 帧未列出。</translation>
    </message>
    <message>
        <source>The picture was padded to an even size, as players need it.</source>
        <translation>画面已补齐为偶数尺寸，播放器需要这样。</translation>
    </message>
    <message>
        <source>GIF shows at most 50 frames per second: it runs slower than the video.</source>
        <translation>GIF 每秒最多显示 50 帧：它比视频放得慢。</translation>
    </message>
    <message>
        <source>IoU with the masks: {mean} on average, {lowest} lowest.</source>
        <translation>与掩码的 IoU：平均 {mean}，最低 {lowest}。</translation>
    </message>
    <message>
        <source>IoU with all objects together: {mean} on average, {lowest} lowest.</source>
        <translation>与全部对象合并后的 IoU：平均 {mean}，最低 {lowest}。</translation>
    </message>
    <message>
        <source>Cannot write {path}: the disk is full.</source>
        <translation>无法写入 {path}：磁盘已满。</translation>
    </message>
    <message>
        <source>Cannot write {path}: the disk quota is used up.</source>
        <translation>无法写入 {path}：磁盘配额已用尽。</translation>
    </message>
    <message>
        <source>Cannot write {path}: the disk is read-only.</source>
        <translation>无法写入 {path}：磁盘为只读。</translation>
    </message>
    <message>
        <source>Cannot write {path}: writing there is not allowed.</source>
        <translation>无法写入 {path}：没有写入权限。</translation>
    </message>
    <message>
        <source>Cannot write {path}: a part of that path is a file, not a folder.</source>
        <translation>无法写入 {path}：路径中有一部分是文件而不是文件夹。</translation>
    </message>
    <message>
        <source>Cannot write {path}: that is a device.</source>
        <translation>无法写入 {path}：那是设备，不是文件。</translation>
    </message>
    <message>
        <source>Cannot write {path}: that is a folder, not a file.</source>
        <translation>无法写入 {path}：那是文件夹，不是文件。</translation>
    </message>
    <message>
        <source>Cannot write {path}: the name is too long.</source>
        <translation>无法写入 {path}：名称过长。</translation>
    </message>
    <message>
        <source>Cannot write {path}: the disk reports a fault.</source>
        <translation>无法写入 {path}：磁盘报告故障。</translation>
    </message>
    <message>
        <source>Cannot write {path}: {error}.</source>
        <translation>无法写入 {path}：{error}。</translation>
    </message>
    <message>
        <source>Free some space or choose another disk.</source>
        <translation>请腾出空间或选择其他磁盘。</translation>
    </message>
    <message>
        <source>Choose another folder or change its rights.</source>
        <translation>请选择其他文件夹或修改其权限。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请另选一个名称。</translation>
    </message>
    <message>
        <source>Choose a shorter name.</source>
        <translation>请选择更短的名称。</translation>
    </message>
    <message>
        <source>Check the disk, or choose another one.</source>
        <translation>请检查磁盘，或另选一个。</translation>
    </message>
    <message>
        <source>Check the disk, or choose another folder.</source>
        <translation>请检查磁盘，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>{name} was left out: none of its frames fulfils the conditions.</source>
        <translation>{name} 已略去：它没有任何帧满足条件。</translation>
    </message>
    <message>
        <source>{name} was left out: it is not marked done.</source>
        <translation>{name} 已略去：它未标记为完成。</translation>
    </message>
    <message>
        <source>The split {name} has no clip.</source>
        <translation>划分 {name} 没有视频。</translation>
    </message>
    <message>
        <source>No mask of the class {name} was taken.</source>
        <translation>没有取得类别 {name} 的掩码。</translation>
    </message>
    <message>
        <source>The split {split} has no mask of the class {name}.</source>
        <translation>划分 {split} 没有类别 {name} 的掩码。</translation>
    </message>
    <message>
        <source>{names} show the same video; they share a split.</source>
        <translation>{names} 是同一个视频；它们归入同一划分。</translation>
    </message>
    <message>
        <source>{name}: {count} frames have masks that are too uncertain.</source>
        <translation>{name}：有 {count} 帧的掩码过于不确定。</translation>
    </message>
    <message>
        <source>{name}: {count} masks became void.</source>
        <translation>{name}：有 {count} 个掩码变成了忽略区。</translation>
    </message>
    <message>
        <source>{name}: {count} masks are smaller than 16 pixels.</source>
        <translation>{name}：有 {count} 个掩码小于 16 像素。</translation>
    </message>
    <message>
        <source>{name}: no frame taken shows {objects}.</source>
        <translation>{name}：所取的帧都没有显示 {objects}。</translation>
    </message>
    <message>
        <source>{name}: &apos;{title}&apos; has not come to its end; a part of it is here.</source>
        <translation>{name}：“{title}”尚未完成；这里只有其中一部分。</translation>
    </message>
    <message>
        <source>{name}: A run has not come to its end; some frames may lack its masks.</source>
        <translation>{name}：有一项运行尚未完成；部分帧可能缺少其掩码。</translation>
    </message>
    <message>
        <source>The folder {path} holds no images.</source>
        <translation>文件夹 {path} 中没有图像。</translation>
    </message>
    <message>
        <source>{value} is {width}x{height} now, the folder was {size}.</source>
        <translation>{value} 现在是 {width}x{height}，而文件夹原为 {size}。</translation>
    </message>
    <message>
        <source>{file} is empty (0 bytes).</source>
        <translation>{file} 是空文件（0 字节）。</translation>
    </message>
    <message>
        <source>{file} cannot be read any more.</source>
        <translation>{file} 已无法读取。</translation>
    </message>
    <message>
        <source>Put it back.</source>
        <translation>请把它放回原处。</translation>
    </message>
    <message>
        <source>Two images of {path} have the same name: {name} and {name2}.</source>
        <translation>{path} 中有两幅图像同名：{name} 和 {name2}。</translation>
    </message>
    <message>
        <source>Frames are told apart by name; keep masks and frames in folders of their own.</source>
        <translation>帧以名称区分；请将掩码和帧放在各自的文件夹中。</translation>
    </message>
    <message>
        <source>Cannot read {path}: {value}.</source>
        <translation>无法读取 {path}：{value}。</translation>
    </message>
    <message>
        <source>The images of {path} differ in size: {name} is {size}, {name2} is {other}.</source>
        <translation>{path} 中的图像尺寸不一致：{name} 为 {size}，{name2} 为 {other}。</translation>
    </message>
    <message>
        <source>{file} holds floating-point values.</source>
        <translation>{file} 含有浮点数值。</translation>
    </message>
    <message>
        <source>{file} holds {pages} pages.</source>
        <translation>{file} 含有 {pages} 页。</translation>
    </message>
    <message>
        <source>Save each of them as an image of its own, or a video.</source>
        <translation>请将每一页另存为单独的图像，或存为视频。</translation>
    </message>
    <message>
        <source>Save it with 8 or 16 bits.</source>
        <translation>请以 8 位或 16 位保存。</translation>
    </message>
    <message>
        <source>Cannot read {path}: {error}.</source>
        <translation>无法读取 {path}：{error}。</translation>
    </message>
    <message>
        <source>Check the path.</source>
        <translation>请检查路径。</translation>
    </message>
    <message>
        <source>{path} holds no video.</source>
        <translation>{path} 不含视频。</translation>
    </message>
    <message>
        <source>Choose a video file or a folder of images.</source>
        <translation>请选择视频文件或图像文件夹。</translation>
    </message>
    <message>
        <source>Frame {frame} of {path} cannot be decoded: the file is damaged there.</source>
        <translation>无法解码 {path} 的第 {frame} 帧：文件在此处已损坏。</translation>
    </message>
    <message>
        <source>{path} claims frames of {width}x{height}, more than can be handled.</source>
        <translation>{path} 声称帧尺寸为 {width}x{height}，超出可处理范围。</translation>
    </message>
    <message>
        <source>Scale the video down first.</source>
        <translation>请先缩小视频。</translation>
    </message>
    <message>
        <source>{path} holds no video frame.</source>
        <translation>{path} 不含视频帧。</translation>
    </message>
    <message>
        <source>{path} seems to be cut off, and no frame of it can be read.</source>
        <translation>{path} 似乎不完整（被截断），其中没有可读取的帧。</translation>
    </message>
    <message>
        <source>{name} seems to be cut off: only its first {count} frames can be read.</source>
        <translation>{name} 似乎不完整（被截断）：只能读取前 {count} 帧。</translation>
    </message>
    <message>
        <source>{name} is damaged: {count} frames of it can be read.</source>
        <translation>{name} 已损坏：可以读取其中 {count} 帧。</translation>
    </message>
    <message>
        <source>No frame of {path} can be decoded.</source>
        <translation>{path} 没有任何可解码的帧。</translation>
    </message>
    <message>
        <source>{path} cannot be opened as a video: {error}.</source>
        <translation>无法将 {path} 作为视频打开：{error}。</translation>
    </message>
    <message>
        <source>{path} is empty (0 bytes).</source>
        <translation>{path} 是空文件（0 字节）。</translation>
    </message>
    <message>
        <source>Copy or record it again.</source>
        <translation>请重新复制或录制。</translation>
    </message>
    <message>
        <source>Frame {frame} of {path} is {width}x{height}, while the video is {stored}.</source>
        <translation>{path} 的第 {frame} 帧是 {width}x{height}，而视频为 {stored}。</translation>
    </message>
    <message>
        <source>Convert the video to one size first.</source>
        <translation>请先将视频转换为统一尺寸。</translation>
    </message>
    <message>
        <source>Frame {frame} of {path} cannot be decoded: {error}.</source>
        <translation>无法解码 {path} 的第 {frame} 帧：{error}。</translation>
    </message>
    <message>
        <source>{path} cannot be decoded: {error}.</source>
        <translation>无法解码 {path}：{error}。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be used: {error}.</source>
        <translation>“{path}”无法使用：{error}。</translation>
    </message>
    <message>
        <source>Check the disk and try again.</source>
        <translation>请检查磁盘后重试。</translation>
    </message>
    <message>
        <source>The disk that holds &apos;{name}&apos; is full.</source>
        <translation>“{name}”所在的磁盘已满。</translation>
    </message>
    <message>
        <source>Free some space; what is not saved yet is kept and written then.</source>
        <translation>请释放一些空间；尚未保存的内容会保留并随后写入。</translation>
    </message>
    <message>
        <source>What is not saved is lost; free some space or mend the disk, then do it again.</source>
        <translation>尚未保存的内容已丢失。请释放一些空间或修复磁盘，然后重做。</translation>
    </message>
    <message>
        <source>&apos;{parent}&apos; is read-only.</source>
        <translation>“{parent}”是只读的。</translation>
    </message>
    <message>
        <source>Allow writing there or copy the project elsewhere.</source>
        <translation>请允许写入，或将项目复制到别处。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is locked by another program.</source>
        <translation>“{path}”被另一个程序锁定。</translation>
    </message>
    <message>
        <source>Close that program and try again.</source>
        <translation>请关闭该程序后重试。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is damaged or not a Strokeflow project.</source>
        <translation>“{path}”已损坏，或不是 Strokeflow 项目。</translation>
    </message>
    <message>
        <source>Restore it from a backup; the file was left as it is.</source>
        <translation>请从备份恢复；该文件未被改动。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; is not a Strokeflow project (it has no {DATABASE}).</source>
        <translation>“{folder}”不是 Strokeflow 项目（没有 {DATABASE}）。</translation>
    </message>
    <message>
        <source>Choose a NAME.strokeflow folder, or make one with &apos;strokeflow new&apos;.</source>
        <translation>请选择“名称.strokeflow”文件夹，或用“strokeflow new”新建。</translation>
    </message>
    <message>
        <source>The project &apos;{folder}&apos; cannot be created: {value}.</source>
        <translation>无法创建项目“{folder}”：{value}。</translation>
    </message>
    <message>
        <source>Choose a place where you may write and that has free space.</source>
        <translation>请选择可写入且有剩余空间的位置。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; does not say which media it belongs to.</source>
        <translation>“{path}”没有说明它属于哪个媒体。</translation>
    </message>
    <message>
        <source>Restore it from a backup.</source>
        <translation>请从备份恢复。</translation>
    </message>
    <message>
        <source>The project is from an older Strokeflow and cannot be updated read-only.</source>
        <translation>项目来自较旧的 Strokeflow，只读时无法更新。</translation>
    </message>
    <message>
        <source>Open it where you may write, once.</source>
        <translation>请在可写入的位置打开一次。</translation>
    </message>
    <message>
        <source>project.db is not a Strokeflow project.</source>
        <translation>project.db 不是 Strokeflow 项目。</translation>
    </message>
    <message>
        <source>Choose a NAME.strokeflow folder.</source>
        <translation>请选择“名称.strokeflow”文件夹。</translation>
    </message>
    <message>
        <source>The project was written by a newer Strokeflow (format {version}, this one reads up to {VERSION}).</source>
        <translation>项目由更新版本的 Strokeflow 写成（格式 {version}，本程序最多读到 {VERSION}）。</translation>
    </message>
    <message>
        <source>Update Strokeflow to open it; nothing was changed.</source>
        <translation>请更新 Strokeflow 后再打开；没有改动任何内容。</translation>
    </message>
    <message>
        <source>{stray} matches no frame of {name}, which has {count} frames ({value} to {other}).</source>
        <translation>{stray} 与 {name} 的任何帧都不匹配，后者有 {count} 帧（{value} 至 {other}）。</translation>
    </message>
    <message>
        <source>Name the files like the frames, or give exactly one file per frame.</source>
        <translation>请让文件名与帧名一致，或每帧恰好给一个文件。</translation>
    </message>
    <message>
        <source>Two files belong to frame {value}: {twin} and {file}.</source>
        <translation>有两个文件属于第 {value} 帧：{twin} 和 {file}。</translation>
    </message>
    <message>
        <source>Keep one of them.</source>
        <translation>请只保留其中一个。</translation>
    </message>
    <message>
        <source>{src} holds masks of several sequences ({choices}{value}), and their names do not tell which ones belong to {name}.</source>
        <translation>{src} 含有多个序列的掩码（{choices}{value}），从名称无法判断哪些属于 {name}。</translation>
    </message>
    <message>
        <source>Choose the folder of one sequence.</source>
        <translation>请选择单个序列的文件夹。</translation>
    </message>
    <message>
        <source>Replace it or take it away.</source>
        <translation>请替换或移走它。</translation>
    </message>
    <message>
        <source>{src} holds no label images ({suffixes}).</source>
        <translation>{src} 中没有标注图像（{suffixes}）。</translation>
    </message>
    <message>
        <source>{file} is {found}, but the frames are {size}.</source>
        <translation>{file} 为 {found}，而帧为 {size}。</translation>
    </message>
    <message>
        <source>Masks must have the size of the frames; export them again at full size.</source>
        <translation>掩码必须与帧同尺寸；请以原尺寸重新导出。</translation>
    </message>
    <message>
        <source>{file} is a grey picture with many shades, not an image of object ids.</source>
        <translation>{file} 是含许多灰阶的灰度图，而不是对象编号图。</translation>
    </message>
    <message>
        <source>Import soft masks with the format &quot;saliency&quot;.</source>
        <translation>请用“saliency”格式导入软掩码。</translation>
    </message>
    <message>
        <source>Cannot read {folder}: {value}.</source>
        <translation>无法读取 {folder}：{value}。</translation>
    </message>
    <message>
        <source>{file} is a {mode} picture, not an image of object ids.</source>
        <translation>{file} 是 {mode} 图像，而不是对象编号图。</translation>
    </message>
    <message>
        <source>Save it as a palette PNG, or import colour masks after converting them.</source>
        <translation>请存为调色板 PNG，或转换彩色掩码后再导入。</translation>
    </message>
    <message>
        <source>{file} holds the object id {highest}, the highest possible is {MAX_OBJECT_ID}.</source>
        <translation>{file} 含有对象编号 {highest}，最大允许为 {MAX_OBJECT_ID}。</translation>
    </message>
    <message>
        <source>DAVIS (palette PNG)</source>
        <translation>DAVIS（调色板 PNG）</translation>
    </message>
    <message>
        <source>One palette PNG per frame: the pixel value is the object&apos;s id, 0 is background, 255 is void. Reads flat folders as well as the tree of the data set.</source>
        <translation>每帧一个调色板 PNG：像素值为对象编号，0 为背景，255 为忽略区。可读取平铺文件夹以及数据集的目录结构。</translation>
    </message>
    <message>
        <source>Binary masks (PNG)</source>
        <translation>二值掩码（PNG）</translation>
    </message>
    <message>
        <source>Black and white PNGs: one folder per object (001, 002, ...), or all objects together in one folder.</source>
        <translation>黑白 PNG：每个对象一个文件夹（001、002……），或所有对象合在一个文件夹中。</translation>
    </message>
    <message>
        <source>DAVIS interactive scribbles (JSON)</source>
        <translation>DAVIS 交互式涂鸦（JSON）</translation>
    </message>
    <message>
        <source>masks; only the strokes are kept</source>
        <translation>掩码；只保留涂鸦笔画</translation>
    </message>
    <message>
        <source>Scribbles of all frames in one JSON file, as the DAVIS interactive track defines it.</source>
        <translation>所有帧的涂鸦存于一个 JSON 文件，遵循 DAVIS 交互赛道的定义。</translation>
    </message>
    <message>
        <source>Saliency maps (grey PNG)</source>
        <translation>显著图（灰度 PNG）</translation>
    </message>
    <message>
        <source>which object a pixel belongs to, void pixels, names</source>
        <translation>像素属于哪个对象、忽略区像素、名称</translation>
    </message>
    <message>
        <source>One 8-bit grey map per frame, as in DUTS: soft maps where a backend gave them, else the masks of all objects in white.</source>
        <translation>每帧一张 8 位灰度图，与 DUTS 相同：后端给出软图时用软图，否则所有对象的掩码为白色。</translation>
    </message>
    <message>
        <source>COCO (run-length masks)</source>
        <translation>COCO（游程编码掩码）</translation>
    </message>
    <message>
        <source>One JSON file with a compressed run-length mask per frame and object, track ids and categories.</source>
        <translation>一个 JSON 文件，每帧每个对象一个压缩的游程编码掩码，含轨迹编号和类别。</translation>
    </message>
    <message>
        <source>exact masks; it is made to be looked at</source>
        <translation>精确的掩码；它仅供观看</translation>
    </message>
    <message>
        <source>The format {format_id} can only be read.</source>
        <translation>格式 {format_id} 只能读取。</translation>
    </message>
    <message>
        <source>The format {format_id} can only be written.</source>
        <translation>格式 {format_id} 只能写出。</translation>
    </message>
    <message>
        <source>There is no format {format_id}.</source>
        <translation>没有格式 {format_id}。</translation>
    </message>
    <message>
        <source>The worker process was killed, most likely because the machine ran out of memory.</source>
        <translation>工作进程被终止，很可能是因为内存不足。</translation>
    </message>
    <message>
        <source>The worker process ended unexpectedly (code {code}).</source>
        <translation>工作进程意外结束（代码 {code}）。</translation>
    </message>
    <message>
        <source>Finished frames are kept. Close other programs or run a shorter range, then resume.</source>
        <translation>已完成的帧会保留。请关闭其他程序或缩短范围，然后继续。</translation>
    </message>
    <message>
        <source>Finished frames are kept. Resume the run; if it happens again, report it.</source>
        <translation>已完成的帧会保留。请继续运行；若再次发生，请报告。</translation>
    </message>
    <message>
        <source>The machine ran out of memory.</source>
        <translation>内存不足。</translation>
    </message>
    <message>
        <source>Finished frames are kept. Close other programs or run a shorter range, then run again.</source>
        <translation>已完成的帧会保留。请关闭其他程序或缩短范围，然后再运行。</translation>
    </message>
    <message>
        <source>The run failed: {bug}.</source>
        <translation>运行失败：{bug}。</translation>
    </message>
    <message>
        <source>No project was made.</source>
        <translation>没有创建项目。</translation>
    </message>
    <message>
        <source>Embedded (no weights)</source>
        <translation>内置（无需权重）</translation>
    </message>
    <message>
        <source>Flow, colour and shape cues; works on every machine without a download.</source>
        <translation>利用光流、颜色和形状线索；无需下载，任何机器都能用。</translation>
    </message>
    <message>
        <source>Guided NPMCA (flow, colour and a trained network)</source>
        <translation>引导式 NPMCA（光流、颜色与训练好的网络）</translation>
    </message>
    <message>
        <source>Propagates by the embedded cues and the opinion of an NPMCA-net guided by their flow.</source>
        <translation>用内置线索和由其光流引导的 NPMCA 网络的判断来传播。</translation>
    </message>
    <message>
        <source>Refined (embedded, and a network that corrects it)</source>
        <translation>精修（内置方法，再由网络校正）</translation>
    </message>
    <message>
        <source>Fills between key frames as the embedded backend does; a small network corrects it.</source>
        <translation>与内置后端一样填充关键帧之间的帧，再由一个小网络校正。</translation>
    </message>
    <message>
        <source>Strokes (embedded, and a network that corrects it)</source>
        <translation>涂鸦（内置方法，再由网络校正）</translation>
    </message>
    <message>
        <source>Turns scribbles into masks as the embedded backend does; a small network corrects it.</source>
        <translation>与内置后端一样把涂鸦转换为掩码，再由一个小网络校正。</translation>
    </message>
    <message>
        <source>The backend gave a soft map of {shape} for frame {frame}, not {size}.</source>
        <translation>后端为第 {frame} 帧给出的软图尺寸是 {shape}，而不是 {size}。</translation>
    </message>
    <message>
        <source>SCWSSOD (learns your scribbles)</source>
        <translation>SCWSSOD（学习您的涂鸦）</translation>
    </message>
    <message>
        <source>A network fitted on the project&apos;s scribbles and masks that then predicts any frame.</source>
        <translation>在项目的涂鸦和掩码上拟合的网络，随后可预测任意帧。</translation>
    </message>
    <message>
        <source>FGPLG (flow-guided labels)</source>
        <translation>FGPLG（光流引导标签）</translation>
    </message>
    <message>
        <source>Fills between two key frames from the frame, both masks and the flow to them.</source>
        <translation>根据当前帧、两侧掩码及其光流，填充两个关键帧之间的帧。</translation>
    </message>
    <message>
        <source>RCRNet+NER (video saliency)</source>
        <translation>RCRNet+NER（视频显著性）</translation>
    </message>
    <message>
        <source>Finds the salient object of a range of frames without any annotation.</source>
        <translation>无需任何标注，找出一段帧中的显著对象。</translation>
    </message>
    <message>
        <source>DCFM (common object of a group)</source>
        <translation>DCFM（一组图像的共同对象）</translation>
    </message>
    <message>
        <source>Finds the object that the chosen frames have in common, without any annotation.</source>
        <translation>无需任何标注，找出所选帧共有的对象。</translation>
    </message>
    <message>
        <source>New network</source>
        <translation>新网络</translation>
    </message>
    <message>
        <source>Size of a network that is fitted from scratch; the published one is &apos;full&apos;.</source>
        <translation>从零拟合的网络的规模；论文发布的为 full。</translation>
    </message>
    <message>
        <source>Fit starts from</source>
        <translation>拟合起点</translation>
    </message>
    <message>
        <source>&apos;best&apos;: what was fitted or imported before; &apos;scratch&apos;: a new network.</source>
        <translation>best：此前拟合或导入的权重；scratch：全新的网络。</translation>
    </message>
    <message>
        <source>Input size</source>
        <translation>输入尺寸</translation>
    </message>
    <message>
        <source>Side of the square picture that the network sees.</source>
        <translation>网络所见方形图像的边长。</translation>
    </message>
    <message>
        <source>The first frame has no frame before it.</source>
        <translation>第一帧之前没有帧。</translation>
    </message>
    <message>
        <source>Go to a later one.</source>
        <translation>请转到后面的帧。</translation>
    </message>
    <message>
        <source>Matching needs another frame with a mask of this object that you drew.</source>
        <translation>匹配需要另一帧上有您为此对象绘制的掩膜。</translation>
    </message>
    <message>
        <source>Draw it on one frame, or choose another object.</source>
        <translation>请在某一帧上绘制它，或选择其他对象。</translation>
    </message>
    <message>
        <source>Frame {frame} has no mask of this object yet.</source>
        <translation>第 {frame} 帧上还没有此对象的掩膜。</translation>
    </message>
    <message>
        <source>Propagate it first.</source>
        <translation>请先传播它。</translation>
    </message>
    <message>
        <source>no weights</source>
        <translation>没有权重</translation>
    </message>
    <message>
        <source>no weights, not fitted yet</source>
        <translation>没有权重，也尚未拟合</translation>
    </message>
    <message>
        <source>{names} not installed</source>
        <translation>{names} 未安装</translation>
    </message>
    <message>
        <source>It is open for writing in {owner}; close it there to edit here.</source>
        <translation>它正由 {owner} 打开用于写入；请在那里关闭后再在此编辑。</translation>
    </message>
    <message>
        <source>It was opened for reading.</source>
        <translation>它以只读方式打开。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; cannot be written ({error}).</source>
        <translation>无法写入“{folder}”（{error}）。</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>A copy of the project as it is now: masks, scribbles, notes, history and what was fitted on it. Any unzip program opens it.</source>
        <translation>项目当前状态的副本：掩码、涂画、备注、历史以及在其上拟合的模型。任何解压程序都能打开。</translation>
    </message>
    <message>
        <source>Save a copy as one file</source>
        <translation>另存为单个文件</translation>
    </message>
    <message>
        <source>File to write</source>
        <translation>要写入的文件</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Without the media: they are missing</source>
        <translation>不含媒体：媒体缺失</translation>
    </message>
    <message>
        <source>With the media: they are in the project folder</source>
        <translation>包含媒体：媒体在项目文件夹中</translation>
    </message>
    <message>
        <source>With the media</source>
        <translation>包含媒体</translation>
    </message>
    <message>
        <source>Then the file is all that another machine needs; it is as large as they are.</source>
        <translation>这样另一台机器只需要这个文件；它和媒体一样大。</translation>
    </message>
    <message>
        <source>That is a folder.</source>
        <translation>那是一个文件夹。</translation>
    </message>
    <message>
        <source>What is there already is replaced once the new file is whole.</source>
        <translation>新文件写完整后，才会替换已有的内容。</translation>
    </message>
    <message>
        <source>Packed projects</source>
        <translation>打包的项目</translation>
    </message>
    <message>
        <source>Save to</source>
        <translation>保存到</translation>
    </message>
    <message>
        <source>{name} is a project in one file. To work on it, it becomes a folder.</source>
        <translation>{name} 是装在单个文件中的项目。要在其上工作，需先变成文件夹。</translation>
    </message>
    <message>
        <source>Unpack a project</source>
        <translation>解包项目</translation>
    </message>
    <message>
        <source>Folder to make</source>
        <translation>要创建的文件夹</translation>
    </message>
    <message>
        <source>Unpack and open</source>
        <translation>解包并打开</translation>
    </message>
    <message>
        <source>There is something of that name already.</source>
        <translation>已有同名的内容。</translation>
    </message>
    <message>
        <source>Unpack into</source>
        <translation>解包到</translation>
    </message>
    <message>
        <source>Folder of true masks</source>
        <translation>真值掩码文件夹</translation>
    </message>
    <message>
        <source>None: without J and F</source>
        <translation>无：不计算 J 和 F</translation>
    </message>
    <message>
        <source>One page with plots: effort, who made which mask, estimated quality and what is left to review. With a folder of true masks (PNG, named like the frames) also J and F.</source>
        <translation>一页带图表的报告：工作量、掩码来源、估计质量以及剩余的审阅工作。若给出真值掩码文件夹（PNG，与帧同名），还包括 J 和 F。</translation>
    </message>
    <message>
        <source>Make a data set</source>
        <translation>制作数据集</translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Names and shares; whole clips go into one split.</source>
        <translation>名称和份额；整段视频归入同一划分。</translation>
    </message>
    <message>
        <source>All; or names with commas between them</source>
        <translation>全部；或以逗号分隔的名称</translation>
    </message>
    <message>
        <source>Only masks that a person made or accepted</source>
        <translation>仅限由人制作或接受的掩码</translation>
    </message>
    <message>
        <source>Only projects that are marked done</source>
        <translation>仅标记为完成的项目</translation>
    </message>
    <message>
        <source>Leave the frame out</source>
        <translation>舍去该帧</translation>
    </message>
    <message>
        <source>Make the mask void</source>
        <translation>把掩码设为忽略区</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>JPEG</source>
        <translation>JPEG</translation>
    </message>
    <message>
        <source>PNG</source>
        <translation>PNG</translation>
    </message>
    <message>
        <source>Links to the files of image folders</source>
        <translation>链接到图像文件夹中的文件</translation>
    </message>
    <message>
        <source>For the README, such as CC BY 4.0</source>
        <translation>写入 README，例如 CC BY 4.0</translation>
    </message>
    <message>
        <source>To</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>Splits</source>
        <translation>划分</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Least quality</source>
        <translation>最低质量</translation>
    </message>
    <message>
        <source>Uncertain masks</source>
        <translation>不确定的掩码</translation>
    </message>
    <message>
        <source>Every Nth frame</source>
        <translation>每隔 N 帧</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>There is no project in {folder}.</source>
        <translation>{folder} 中没有项目。</translation>
    </message>
    <message>
        <source>Folder to write</source>
        <translation>写入的文件夹</translation>
    </message>
    <message>
        <source>Make data set</source>
        <translation>制作数据集</translation>
    </message>
    <message>
        <source>Take the chosen ones off the list (Del); they stay on disk.</source>
        <translation>将所选项目移出列表（Del）；磁盘上的项目不受影响。</translation>
    </message>
    <message>
        <source>Add project …</source>
        <translation>添加项目…</translation>
    </message>
    <message>
        <source>Add folder of projects …</source>
        <translation>添加项目文件夹…</translation>
    </message>
    <message>
        <source>Layout: {structure}</source>
        <translation>布局：{structure}</translation>
    </message>
    <message>
        <source>A project (NAME.strokeflow)</source>
        <translation>项目（NAME.strokeflow）</translation>
    </message>
    <message>
        <source>A folder that holds projects</source>
        <translation>存放项目的文件夹</translation>
    </message>
    <message>
        <source>True masks</source>
        <translation>真值掩码</translation>
    </message>
    <message>
        <source>Write report</source>
        <translation>生成报告</translation>
    </message>
    <message>
        <source>Write report to</source>
        <translation>报告写入</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose: {what}</source>
        <translation>选择：{what}</translation>
    </message>
    <message>
        <source>No model mask left is estimated below {threshold:.2f}.</source>
        <translation>没有估计质量低于 {threshold:.2f} 的模型掩码。</translation>
    </message>
    <message>
        <source>The filter or the range leaves no model mask to review.</source>
        <translation>筛选条件或所选范围内没有需要审阅的模型掩码。</translation>
    </message>
    <message>
        <source>Change them in the panel of the review, or show the whole clip.</source>
        <translation>请在审阅面板中更改筛选，或显示整个片段。</translation>
    </message>
    <message>
        <source>There is no model mask to review.</source>
        <translation>没有可审阅的模型掩码。</translation>
    </message>
    <message>
        <source>Propagate or fill between key frames first.</source>
        <translation>请先传播或在关键帧之间填充。</translation>
    </message>
    <message>
        <source>There is no further key frame on that side.</source>
        <translation>该方向上没有更多关键帧。</translation>
    </message>
    <message>
        <source>Frames {first} to {last}</source>
        <translation>第 {first} 至 {last} 帧</translation>
    </message>
    <message>
        <source>{frames}: there is no model mask to judge.</source>
        <translation>{frames}：没有可判定的模型掩码。</translation>
    </message>
    <message>
        <source>{frames}: accepted.</source>
        <translation>{frames}：已接受。</translation>
    </message>
    <message>
        <source>{frames}: rejected.</source>
        <translation>{frames}：已拒绝。</translation>
    </message>
    <message>
        <source>{left} model frames left to review.</source>
        <translation>还有 {left} 个模型帧待审阅。</translation>
    </message>
    <message>
        <source>There is no mask on this frame to lock.</source>
        <translation>此帧没有可锁定的掩码。</translation>
    </message>
    <message>
        <source>Frame {frame} is locked.</source>
        <translation>第 {frame} 帧已锁定。</translation>
    </message>
    <message>
        <source>Frame {frame} is unlocked.</source>
        <translation>第 {frame} 帧已解锁。</translation>
    </message>
    <message>
        <source>%v of %m frames are sure</source>
        <translation>%m 帧中 %v 帧已确认</translation>
    </message>
    <message>
        <source>Frames reviewed</source>
        <translation>已审阅的帧</translation>
    </message>
    <message>
        <source>Chosen object only</source>
        <translation>仅所选对象</translation>
    </message>
    <message>
        <source>With open remarks only</source>
        <translation>仅有未解决批注的帧</translation>
    </message>
    <message>
        <source>Walk and list only frames that have an open remark.</source>
        <translation>只浏览和列出有未解决批注的帧。</translation>
    </message>
    <message>
        <source>Walk and list only masks estimated below this; 1 means all.</source>
        <translation>只浏览和列出估计质量低于此值的掩码；1 表示全部。</translation>
    </message>
    <message>
        <source>Estimated below</source>
        <translation>估计质量低于</translation>
    </message>
    <message>
        <source>Worst frames</source>
        <translation>最差的帧</translation>
    </message>
    <message>
        <source>below</source>
        <translation>低于</translation>
    </message>
    <message>
        <source>{count} left to review</source>
        <translation>还有 {count} 帧待审阅</translation>
    </message>
    <message>
        <source>{count} of them below {limit}</source>
        <translation>其中 {count} 帧低于 {limit}</translation>
    </message>
    <message>
        <source>Annotation</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>{stage}: {person}</source>
        <translation>{stage}：{person}</translation>
    </message>
    <message>
        <source>{count} without a mask</source>
        <translation>{count} 帧没有掩码</translation>
    </message>
    <message>
        <source>{count} not accepted</source>
        <translation>{count} 帧未接受</translation>
    </message>
    <message>
        <source>{count} open remarks</source>
        <translation>{count} 条未解决批注</translation>
    </message>
    <message>
        <source>Nothing is left.</source>
        <translation>没有剩余工作。</translation>
    </message>
    <message>
        <source>Still left: {parts}.</source>
        <translation>还剩：{parts}。</translation>
    </message>
    <message>
        <source>somebody</source>
        <translation>某人</translation>
    </message>
    <message>
        <source>{remark} (resolved)</source>
        <translation>{remark}（已解决）</translation>
    </message>
    <message>
        <source>Resolved: {who}</source>
        <translation>已解决：{who}</translation>
    </message>
    <message>
        <source>Frame {frame}: {value:.2f}</source>
        <translation>第 {frame} 帧：{value:.2f}</translation>
    </message>
    <message>
        <source>◀ Back</source>
        <translation>◀ 反向</translation>
    </message>
    <message>
        <source>Propagate to earlier frames only.</source>
        <translation>只传播到更早的帧。</translation>
    </message>
    <message>
        <source>◀ Both ▶</source>
        <translation>◀ 双向 ▶</translation>
    </message>
    <message>
        <source>Propagate to both sides.</source>
        <translation>向两侧传播。</translation>
    </message>
    <message>
        <source>Forward ▶</source>
        <translation>正向 ▶</translation>
    </message>
    <message>
        <source>Propagate to later frames only.</source>
        <translation>只传播到更晚的帧。</translation>
    </message>
    <message>
        <source>Draw a line inside an object to begin, or let the clip be labelled without one.</source>
        <translation>在对象内画一条线即可开始，也可以不画线直接自动标注片段。</translation>
    </message>
    <message>
        <source>One key frame. Draw on another frame and fill between them, or propagate this one.</source>
        <translation>有一个关键帧。在另一帧上绘制后在两者之间填充，或传播此关键帧。</translation>
    </message>
    <message>
        <source>Frames that you drew, accepted or locked never change.</source>
        <translation>您手绘、接受或锁定的帧永远不会改变。</translation>
    </message>
    <message>
        <source>Fill the frames between two drawn frames from both sides.
Frames you drew, imported, accepted or locked are never changed.</source>
        <translation>从两侧填充两个手绘帧之间的帧。
您手绘、导入、接受或锁定的帧永远不会改变。</translation>
    </message>
    <message>
        <source>Carry the drawn masks to all other frames.
Frames you drew, imported, accepted or locked are never changed.</source>
        <translation>将手绘的掩码传播到其他所有帧。
您手绘、导入、接受或锁定的帧永远不会改变。</translation>
    </message>
    <message>
        <source>Compute masks on every frame that has scribbles but no mask yet.</source>
        <translation>在每个有涂鸦但没有掩码的帧上计算掩码。</translation>
    </message>
    <message>
        <source>Label without a label …</source>
        <translation>无标注自动标注…</translation>
    </message>
    <message>
        <source>More …</source>
        <translation>更多…</translation>
    </message>
    <message>
        <source>Only this object</source>
        <translation>仅此对象</translation>
    </message>
    <message>
        <source>Runs fill the selected object and leave the others.</source>
        <translation>运行只填充所选对象，不改动其他对象。</translation>
    </message>
    <message>
        <source>Masks from scribbles, or of what is salient</source>
        <translation>由涂鸦或显著性生成掩码</translation>
    </message>
    <message>
        <source>Find the common object</source>
        <translation>寻找共同对象</translation>
    </message>
    <message>
        <source>Both ways</source>
        <translation>双向</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>向前</translation>
    </message>
    <message>
        <source>Backward</source>
        <translation>向后</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>后端</translation>
    </message>
    <message>
        <source>All. Or first:end, the end not included</source>
        <translation>全部；或写作 起始:结束，不含结束帧</translation>
    </message>
    <message>
        <source>Only the selected object</source>
        <translation>仅所选对象</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Optical flow</source>
        <translation>光流</translation>
    </message>
    <message>
        <source>Learn from this project first</source>
        <translation>先从本项目学习</translation>
    </message>
    <message>
        <source>Fits the network on the scribbles and masks of this project. Cancelling keeps the best so far; what was learnt stays with the project.</source>
        <translation>用本项目的涂鸦和掩码拟合网络。取消时保留目前最好的结果；学到的权重随项目保存。</translation>
    </message>
    <message>
        <source>Steps of the fit</source>
        <translation>拟合步数</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Time limit of the fit</source>
        <translation>拟合的时间上限</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Label without a label: {count} frames</source>
        <translation>无标注自动标注：{count} 帧</translation>
    </message>
    <message>
        <source>Find what is salient: {count} frames</source>
        <translation>查找显著对象：{count} 帧</translation>
    </message>
    <message>
        <source>Looking at the clip …</source>
        <translation>正在查看片段…</translation>
    </message>
    <message>
        <source>Looking for what stands out …</source>
        <translation>正在查找显著之处…</translation>
    </message>
    <message>
        <source>Asking &apos;{name}&apos; …</source>
        <translation>正在询问 “{name}”…</translation>
    </message>
    <message>
        <source>Propagating …</source>
        <translation>正在传播…</translation>
    </message>
    <message>
        <source>Motion and colour: frame {done} of {count}</source>
        <translation>运动与颜色：第 {done} 帧，共 {count} 帧</translation>
    </message>
    <message>
        <source>Motion and colour agree on no frame: nothing is learnt.</source>
        <translation>没有任何一帧的运动与颜色一致：不进行学习。</translation>
    </message>
    <message>
        <source>Learning the colours of the key frames …</source>
        <translation>正在学习关键帧的颜色…</translation>
    </message>
    <message>
        <source>Learning the clip: step {step} of {steps}, loss {loss}</source>
        <translation>正在学习片段：第 {step} 步，共 {steps} 步，损失 {loss}</translation>
    </message>
    <message>
        <source>The time is up after {step} of {steps} steps.</source>
        <translation>时间已到，完成了 {steps} 步中的 {step} 步。</translation>
    </message>
    <message>
        <source>Fusing …</source>
        <translation>正在融合…</translation>
    </message>
    <message>
        <source>Nothing stands out in this clip, neither by motion nor by colour.</source>
        <translation>此片段中没有显著之处，无论运动还是颜色。</translation>
    </message>
    <message>
        <source>Scribble on the object on one frame, then propagate.</source>
        <translation>请在某一帧的对象上涂鸦，然后传播。</translation>
    </message>
    <message>
        <source>It is marked done.</source>
        <translation>该项目已标记为完成。</translation>
    </message>
    <message>
        <source>The clip was not looked at yet.</source>
        <translation>尚未查看过此片段。</translation>
    </message>
    <message>
        <source>Wait until that is done.</source>
        <translation>请等待其完成。</translation>
    </message>
    <message>
        <source>The network &apos;{name}&apos; has no weights here.</source>
        <translation>此处没有网络 “{name}” 的权重。</translation>
    </message>
    <message>
        <source>Fetch or import &apos;{name}&apos;, or leave it to the application with network=auto.</source>
        <translation>请下载或导入 “{name}”，或用 network=auto 交由程序选择。</translation>
    </message>
    <message>
        <source>{file} holds no image saliency network.</source>
        <translation>{file} 不包含图像显著性网络。</translation>
    </message>
    <message>
        <source>Import another file as &apos;motion&apos;.</source>
        <translation>请导入另一个文件作为 “motion”。</translation>
    </message>
    <message>
        <source>Contrast and motion (no weights)</source>
        <translation>对比度与运动（无需权重）</translation>
    </message>
    <message>
        <source>What stands out from the border of the picture and moves apart from the camera; classical, so a first guess.</source>
        <translation>与画面边缘不同且不随相机运动之处；传统方法，只作初步猜测。</translation>
    </message>
    <message>
        <source>Plug-and-play adaptation</source>
        <translation>即插即用自适应</translation>
    </message>
    <message>
        <source>Motion and colour saliency multiplied; a twin of the colour network learns the clip&apos;s clearest frames. Classical where no network has weights here.</source>
        <translation>运动显著性与颜色显著性相乘；颜色网络的孪生副本学习片段中最清晰的帧。没有网络权重时使用传统方法。</translation>
    </message>
    <message>
        <source>Colour network</source>
        <translation>颜色网络</translation>
    </message>
    <message>
        <source>&apos;auto&apos;: the first one with weights here; &apos;none&apos;: saliency without a network.</source>
        <translation>“auto”：第一个有权重的网络；“none”：不使用网络。</translation>
    </message>
    <message>
        <source>Steps per key frame</source>
        <translation>每个关键帧的步数</translation>
    </message>
    <message>
        <source>How long the twin learns.</source>
        <translation>孪生副本学习多久。</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>时间上限</translation>
    </message>
    <message>
        <source>Seconds that the twin may learn; 0 = any.</source>
        <translation>孪生副本可学习的秒数；0 表示不限。</translation>
    </message>
    <message>
        <source>Lines worked on</source>
        <translation>处理的行数</translation>
    </message>
    <message>
        <source>Height at which masks are carried along; fewer are faster and coarser.</source>
        <translation>传播掩码时的画面高度；行数越少越快，也越粗糙。</translation>
    </message>
    <message>
        <source>Options of this backend</source>
        <translation>该后端的选项</translation>
    </message>
    <message>
        <source>The best that can run</source>
        <translation>可运行的最佳后端</translation>
    </message>
    <message>
        <source>No backend can do this yet. Fetch a model, or fit one.</source>
        <translation>目前没有后端能完成此任务。请获取模型，或先拟合一个。</translation>
    </message>
    <message>
        <source>Its weights are for non-commercial use only; see Models.</source>
        <translation>其权重仅限非商业用途；见“模型”。</translation>
    </message>
    <message>
        <source>Cost: not measured here yet.</source>
        <translation>耗时：本机尚未测量。</translation>
    </message>
    <message>
        <source>Cost: {speed}.</source>
        <translation>耗时：{speed}。</translation>
    </message>
    <message>
        <source>It cannot run: {reason}.</source>
        <translation>无法运行：{reason}。</translation>
    </message>
    <message>
        <source>&apos;{text}&apos; is no range of frames.</source>
        <translation>“{text}”不是有效的帧范围。</translation>
    </message>
    <message>
        <source>Write first:end, for example 0:100; empty means all.</source>
        <translation>请写作 起始:结束，例如 0:100；留空表示全部。</translation>
    </message>
    <message>
        <source>Stop now; finished frames are kept (one undo step).</source>
        <translation>立即停止；已完成的帧会保留（作为一个撤销步骤）。</translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation>运行进度</translation>
    </message>
    <message>
        <source>Reading the key frames …</source>
        <translation>正在读取关键帧…</translation>
    </message>
    <message>
        <source>Runs keep to frames {first} to {last}.</source>
        <translation>运行限于第 {first} 至 {last} 帧。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>设置页面</translation>
    </message>
    <message>
        <source>General</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation>绘制</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Reset all settings</source>
        <translation>重置所有设置</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>The window speaks it from its next start.</source>
        <translation>下次启动时生效。</translation>
    </message>
    <message>
        <source>Begin again at the end</source>
        <translation>到结尾后从头播放</translation>
    </message>
    <message>
        <source> × the speed of the clip</source>
        <translation> × 视频速度</translation>
    </message>
    <message>
        <source>Keyboard shortcuts …</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>As logged in: {name}</source>
        <translation>登录名：{name}</translation>
    </message>
    <message>
        <source>Written on remarks, and with the frames that you accept.</source>
        <translation>写在批注上，并随您接受的帧一起记录。</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>您的姓名</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Pin of remark {id}</source>
        <translation>批注 {id} 的图钉</translation>
    </message>
    <message>
        <source>From the left</source>
        <translation>距左边</translation>
    </message>
    <message>
        <source>From the top</source>
        <translation>距上边</translation>
    </message>
    <message>
        <source> px</source>
        <translation> 像素</translation>
    </message>
    <message>
        <source>Protect other objects</source>
        <translation>保护其他对象</translation>
    </message>
    <message>
        <source>Masks follow every scribble</source>
        <translation>每次涂鸦后立即生成掩码</translation>
    </message>
    <message>
        <source>Preview while hovering</source>
        <translation>悬停时预览</translation>
    </message>
    <message>
        <source>Width of the pen</source>
        <translation>画笔宽度</translation>
    </message>
    <message>
        <source>Off: scribbles are kept as they are, and &apos;Masks from scribbles&apos; computes the masks when you ask for it.</source>
        <translation>关闭时：涂鸦原样保留，需要时由“由涂鸦生成掩码”计算掩码。</translation>
    </message>
    <message>
        <source>Where the pointer rests, the tools &apos;Click&apos; and &apos;Box hint&apos; show what they would make of the mask. Only where masks follow every scribble.</source>
        <translation>指针停住时，工具“点击”和“框提示”会显示掩码将变成什么样。仅在每次涂鸦后立即生成掩码时有效。</translation>
    </message>
    <message>
        <source>The best one there is</source>
        <translation>最佳可用设备</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>NVIDIA graphics card (CUDA)</source>
        <translation>NVIDIA 显卡 (CUDA)</translation>
    </message>
    <message>
        <source>Apple graphics (MPS)</source>
        <translation>Apple 图形 (MPS)</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source>Device for runs</source>
        <translation>运行所用设备</translation>
    </message>
    <message>
        <source>Memory for frames</source>
        <translation>帧缓存内存</translation>
    </message>
    <message>
        <source>Make new what is out of date when idle</source>
        <translation>空闲时重新生成过期的部分</translation>
    </message>
    <message>
        <source>More memory keeps more decoded frames, so that going back and forth is quicker. A long clip needs no more than a short one.</source>
        <translation>内存越多，保留的已解码帧越多，前后浏览越快。长视频所需的内存并不比短视频多。</translation>
    </message>
    <message>
        <source>There is no save button: every action is on the disk a moment after it is done, and &apos;Saved&apos; at the lower right says so. A crash or a power cut costs at most the stroke under the pen.</source>
        <translation>没有保存按钮：每个操作完成后片刻即写入磁盘，右下角的“已保存”会显示出来。即使崩溃或断电，最多只会丢失笔下的那一笔。</translation>
    </message>
    <message>
        <source>Undo history</source>
        <translation>撤销历史</translation>
    </message>
    <message>
        <source>Per project, on the disk. The oldest steps are forgotten beyond it.</source>
        <translation>每个项目在磁盘上的上限。超出后最早的步骤会被遗忘。</translation>
    </message>
    <message>
        <source>Show: {place}</source>
        <translation>显示：{place}</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Search a command or a key …</source>
        <translation>搜索命令或按键…</translation>
    </message>
    <message>
        <source>Search a command or a key</source>
        <translation>搜索命令或按键</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>命令及其按键</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>新按键</translation>
    </message>
    <message>
        <source>Give this key</source>
        <translation>使用此按键</translation>
    </message>
    <message>
        <source>Reset this command</source>
        <translation>重置此命令</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Take this key</source>
        <translation>改用此按键</translation>
    </message>
    <message>
        <source>{key} belongs to &apos;{command}&apos;, which would be left without a key.</source>
        <translation>{key} 属于“{command}”，该命令将没有按键。</translation>
    </message>
    <message>
        <source>Choose a command, click into the field and press the new key.</source>
        <translation>选择一个命令，点击输入框并按下新按键。</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>手绘</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>已修正</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>已导入</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>out of date</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间轴</translation>
    </message>
    <message>
        <source>Spans</source>
        <translation>区段</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>estimated {quality}</source>
        <translation>估计 {quality}</translation>
    </message>
    <message>
        <source>Frame {frame}: no masks</source>
        <translation>第 {frame} 帧：没有掩码</translation>
    </message>
    <message>
        <source>Suggested: a mask here would help most.</source>
        <translation>建议：在此处添加掩码最有帮助。</translation>
    </message>
    <message>
        <source>It takes a moment to show: its copy is yet to be made.</source>
        <translation>显示需要片刻：该帧的副本尚未生成。</translation>
    </message>
    <message>
        <source>Accepted: {who}</source>
        <translation>已接受：{who}</translation>
    </message>
    <message>
        <source>Governed by key frame {frames}</source>
        <translation>依据关键帧 {frames}</translation>
    </message>
    <message>
        <source>Out of date: a key frame was edited since.</source>
        <translation>已过期：其关键帧之后被修改过。</translation>
    </message>
    <message>
        <source>Main toolbar</source>
        <translation>主工具栏</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>  Pen </source>
        <translation>  画笔 </translation>
    </message>
    <message>
        <source>More tools</source>
        <translation>更多工具</translation>
    </message>
    <message>
        <source>Pen width in pixels of the picture ([ and ], or Alt and the wheel)</source>
        <translation>画笔宽度，以图像像素计（[ 和 ]，或 Alt 加滚轮）</translation>
    </message>
    <message>
        <source>Pen width</source>
        <translation>画笔宽度</translation>
    </message>
    <message>
        <source> {value:.0f} px </source>
        <translation> {value:.0f} 像素 </translation>
    </message>
    <message>
        <source>Export labels</source>
        <translation>导出标注</translation>
    </message>
    <message>
        <source>Import labels</source>
        <translation>导入标注</translation>
    </message>
    <message>
        <source>Folder or file</source>
        <translation>文件夹或文件</translation>
    </message>
    <message>
        <source>File …</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Folder …</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>What is there already is replaced once the new export is whole.</source>
        <translation>新的导出完成后，那里已有的内容将被替换。</translation>
    </message>
    <message>
        <source>First frame</source>
        <translation>第一帧</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>最后一帧</translation>
    </message>
    <message>
        <source>IoU of the masks: {iou} or more.</source>
        <translation>掩码的 IoU：{iou} 或更高。</translation>
    </message>
    <message>
        <source>Options of this format</source>
        <translation>此格式的选项</translation>
    </message>
    <message>
        <source>to</source>
        <translation>至</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Objects of {name}</source>
        <translation>{name} 的对象</translation>
    </message>
    <message>
        <source>Masks that are there already</source>
        <translation>已有的掩码</translation>
    </message>
    <message>
        <source>Replace them; undo brings them back in one step</source>
        <translation>替换它们；撤销一步即可恢复</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>文件中</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Becomes</source>
        <translation>成为</translation>
    </message>
    <message>
        <source>Objects of the file</source>
        <translation>文件中的对象</translation>
    </message>
    <message>
        <source>void</source>
        <translation>忽略区</translation>
    </message>
    <message>
        <source>Becomes: {name}</source>
        <translation>成为：{name}</translation>
    </message>
    <message>
        <source>New object {id}</source>
        <translation>新对象 {id}</translation>
    </message>
    <message>
        <source>New object</source>
        <translation>新对象</translation>
    </message>
    <message>
        <source>Void</source>
        <translation>忽略区</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>以及另外 {count} 个</translation>
    </message>
    <message>
        <source>{count} masks were made by hand, imported or locked already. They stay as they are, unless you choose to replace them. Locked ones always stay.</source>
        <translation>有 {count} 个掩码是手工制作、导入或已锁定的。除非您选择替换，它们保持不变；已锁定的始终保留。</translation>
    </message>
    <message>
        <source>No mask that a person made is in the way.</source>
        <translation>没有与人工掩码冲突之处。</translation>
    </message>
    <message>
        <source>Frame {frame}: {name}</source>
        <translation>第 {frame} 帧：{name}</translation>
    </message>
    <message>
        <source>{what} (locked)</source>
        <translation>{what}（已锁定）</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Leaves out: {what}.</source>
        <translation>不包含：{what}。</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>导出到</translation>
    </message>
    <message>
        <source>Export into folder</source>
        <translation>导出到文件夹</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Import from</source>
        <translation>导入自</translation>
    </message>
    <message>
        <source>Import from folder</source>
        <translation>从文件夹导入</translation>
    </message>
    <message>
        <source>Where next in the data set</source>
        <translation>数据集中接下来标注哪里</translation>
    </message>
    <message>
        <source>Also projects that are marked done</source>
        <translation>包括已标记为完成的项目</translation>
    </message>
    <message>
        <source>Projects that were looked at</source>
        <translation>已查看的项目</translation>
    </message>
    <message>
        <source>%v of %m projects</source>
        <translation>已查看 %v / %m 个项目</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Nothing is changed. A clip is looked at once; the next time it is quick.</source>
        <translation>不会更改任何内容。每段视频只需完整查看一次，之后就很快。</translation>
    </message>
    <message>
        <source>Projects that were left out</source>
        <translation>未计入的项目</translation>
    </message>
    <message>
        <source>Double click or Enter opens the project.</source>
        <translation>双击或按 Enter 打开该项目。</translation>
    </message>
    <message>
        <source>Show the chosen place; its project is opened.</source>
        <translation>显示所选位置；会打开它所在的项目。</translation>
    </message>
    <message>
        <source>Places that are most worth a mask</source>
        <translation>最值得添加掩码的位置</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Double click or Enter opens it at the frame.</source>
        <translation>双击或按 Enter，在该帧处打开项目。</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>The first one is 0.</source>
        <translation>第一帧为 0。</translation>
    </message>
    <message>
        <source>Expected gain</source>
        <translation>预期提升</translation>
    </message>
    <message>
        <source>How much a mask there, after those above it, is expected to raise the mean J over all frames of these projects.</source>
        <translation>在上方各处都已标注之后，在此添加掩码预计能使这些项目所有帧的平均 J 提高多少。</translation>
    </message>
    <message>
        <source>Of the project.</source>
        <translation>该项目的。</translation>
    </message>
    <message>
        <source>Its frames</source>
        <translation>总帧数</translation>
    </message>
    <message>
        <source>Annotated</source>
        <translation>已标注</translation>
    </message>
    <message>
        <source>Frames on which masks of a person say where every object is.</source>
        <translation>每个对象都有人工掩码的帧数。</translation>
    </message>
    <message>
        <source>Expected J</source>
        <translation>预期 J</translation>
    </message>
    <message>
        <source>What the masks of the project are thought to be like now, on average over its frames, 0 to 1.</source>
        <translation>对该项目现有掩码的估计，为其所有帧的平均值，范围 0 到 1。</translation>
    </message>
    <message>
        <source>Add the projects of your data set, one by one or whole folders of them.</source>
        <translation>请添加数据集中的项目，可逐个添加，也可添加整个文件夹。</translation>
    </message>
    <message>
        <source>Looks at all these projects for the frames that are most worth a mask.</source>
        <translation>在所有这些项目中寻找最值得添加掩码的帧。</translation>
    </message>
    <message>
        <source>None of these projects could be looked at; below is why.</source>
        <translation>这些项目都无法查看；原因见下方。</translation>
    </message>
    <message>
        <source>Projects: {count}, frames: {frames}. All of them are annotated.</source>
        <translation>项目：{count}，帧：{frames}。全部都已标注。</translation>
    </message>
    <message>
        <source>Projects: {count}, frames: {frames}. A mean J of {score} is expected.</source>
        <translation>项目：{count}，帧：{frames}。预期平均 J 为 {score}。</translation>
    </message>
    <message>
        <source>Things have changed since: look again.</source>
        <translation>此后已有更改：请再次查看。</translation>
    </message>
    <message>
        <source>Left out: {count}</source>
        <translation>未计入：{count}</translation>
    </message>
    <message>
        <source>The frame on the canvas; the first one is 0.</source>
        <translation>画布上的帧；第一帧为 0。</translation>
    </message>
    <message>
        <source> of 0 to {last}</source>
        <translation> （0 至 {last}）</translation>
    </message>
    <message>
        <source>key frame</source>
        <translation>关键帧</translation>
    </message>
    <message>
        <source>Draw a line inside an object (key S), and outside it where the mask runs over (key X).</source>
        <translation>在对象内部画一条线（S 键）；若掩码溢出，再在外部画一条（X 键）。</translation>
    </message>
    <message>
        <source>Do the same on a frame further on, then press &lt;i&gt;Fill between key frames&lt;/i&gt; (key F).</source>
        <translation>在后面的某一帧上重复，然后点击&lt;i&gt;在关键帧之间填充&lt;/i&gt;（F 键）。</translation>
    </message>
    <message>
        <source>Press W for the frame that is probably worst; correct it or accept it (key A); then export.</source>
        <translation>按 W 键跳到最可能有误的帧；修正或接受它（A 键），然后导出。</translation>
    </message>
    <message>
        <source>Scribble on a few frames. Get a mask on every frame.
Drop a video, a folder of images or a project here, or open one:</source>
        <translation>在几帧上涂鸦，即可得到每一帧的掩码。
将视频、图像文件夹或项目拖到这里，或打开一个：</translation>
    </message>
    <message>
        <source>Open video or project …</source>
        <translation>打开视频或项目…</translation>
    </message>
    <message>
        <source>Open image folder …</source>
        <translation>打开图像文件夹…</translation>
    </message>
    <message>
        <source>Try the demo clip</source>
        <translation>试用示例视频</translation>
    </message>
    <message>
        <source>A short clip of two moving objects, made on this machine.</source>
        <translation>包含两个运动对象的短视频，在本机生成。</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>最近的项目</translation>
    </message>
    <message>
        <source>en</source>
        <translation>zh-CN</translation>
    </message>
    <message>
        <source>{project} - Strokeflow report</source>
        <translation>{project} - Strokeflow 报告</translation>
    </message>
    <message>
        <source>{media}, {frames} frames of {width} × {height}</source>
        <translation>{media}，{frames} 帧，{width} × {height}</translation>
    </message>
    <message>
        <source>mean J&amp;F</source>
        <translation>平均 J&amp;F</translation>
    </message>
    <message>
        <source>J&amp;F by frame</source>
        <translation>每帧的 J&amp;F</translation>
    </message>
    <message>
        <source>no mask</source>
        <translation>无掩码</translation>
    </message>
    <message>
        <source>corrected or accepted</source>
        <translation>已修正或已接受</translation>
    </message>
    <message>
        <source>frames left to review</source>
        <translation>帧待审核</translation>
    </message>
    <message>
        <source>frames sure</source>
        <translation>帧已确认</translation>
    </message>
    <message>
        <source>frames without a mask</source>
        <translation>帧没有掩码</translation>
    </message>
    <message>
        <source>frames with a lock</source>
        <translation>帧有锁定</translation>
    </message>
    <message>
        <source>frames with a hidden object</source>
        <translation>帧有被遮挡的对象</translation>
    </message>
    <message>
        <source>of active work</source>
        <translation>实际工作时间</translation>
    </message>
    <message>
        <source>clicks</source>
        <translation>次点击</translation>
    </message>
    <message>
        <source>strokes</source>
        <translation>笔</translation>
    </message>
    <message>
        <source>commands</source>
        <translation>条命令</translation>
    </message>
    <message>
        <source>frames touched ({share} %)</source>
        <translation>帧被处理（{share} %）</translation>
    </message>
    <message>
        <source>Clicks</source>
        <translation>点击</translation>
    </message>
    <message>
        <source>Saliency learnt from scribbles with structure consistency.</source>
        <translation>从涂鸦学习的显著性检测，带结构一致性约束。</translation>
    </message>
    <message>
        <source>none stated by the authors; ask them before commercial use</source>
        <translation>作者未说明；商业使用前请询问作者</translation>
    </message>
    <message>
        <source>Co-saliency: the object that a group of pictures has in common.</source>
        <translation>协同显著性：一组图片中共有的对象。</translation>
    </message>
    <message>
        <source>RCRNet, ResNet-50, still pictures</source>
        <translation>RCRNet，ResNet-50，静态图片</translation>
    </message>
    <message>
        <source>Saliency of still pictures; where RCRNet+NER and FGPLG start from.</source>
        <translation>静态图片的显著性；RCRNet+NER 与 FGPLG 由此出发。</translation>
    </message>
    <message>
        <source>Masks between two key frames from the frame, both masks carried by flow, and how far they were carried.</source>
        <translation>由当前帧、两侧经光流传递的掩码及其传递距离，得到两个关键帧之间的掩码。</translation>
    </message>
    <message>
        <source>MIT; the FlowNet 2 inside is not used</source>
        <translation>MIT；其中的 FlowNet 2 未使用</translation>
    </message>
    <message>
        <source>Video saliency over clips, without an annotation.</source>
        <translation>对片段进行视频显著性检测，无需标注。</translation>
    </message>
    <message>
        <source>Masks from key frames to all others by matching pixels. Nothing was published; the weights that come with Strokeflow are our own, guided by optical flow. &apos;strokeflow train npmca&apos; trains others.</source>
        <translation>通过像素匹配把关键帧的掩码传到其他所有帧。原作者未公开任何权重；随 Strokeflow 提供的是我们自己的权重，由光流引导。可用“strokeflow train npmca”训练其他权重。</translation>
    </message>
    <message>
        <source>that of the data it was trained on</source>
        <translation>与训练数据的许可相同</translation>
    </message>
    <message>
        <source>Refiner</source>
        <translation>精修网络</translation>
    </message>
    <message>
        <source>Corrects the masks that the embedded methods find between key frames, from the frame and from what they were sure of. Comes with Strokeflow.</source>
        <translation>根据当前帧以及内置方法有把握的部分，修正其在关键帧之间得到的掩码。随 Strokeflow 提供。</translation>
    </message>
    <message>
        <source>Strokes</source>
        <translation>笔画</translation>
    </message>
    <message>
        <source>Corrects the masks that the embedded method makes of scribbles, from the frame, the strokes and what they corrected. Comes with Strokeflow.</source>
        <translation>根据当前帧、涂鸦笔画及其修正的内容，修正内置方法由涂鸦生成的掩码。随 Strokeflow 提供。</translation>
    </message>
    <message>
        <source>Motion branch of plug-and-play adaptation</source>
        <translation>即插即用自适应的运动分支</translation>
    </message>
    <message>
        <source>An image saliency network fine-tuned on colour-coded flow: what stands out by its motion.</source>
        <translation>在彩色编码光流上微调的图像显著性网络：找出因运动而突出的部分。</translation>
    </message>
    <message>
        <source>that of the data it was trained on; the weights of the authors are for Caffe and cannot be used</source>
        <translation>与训练数据的许可相同；作者的权重用于 Caffe，无法使用</translation>
    </message>
    <message>
        <source>MIT; the weights have a licence of their own</source>
        <translation>MIT；权重另有许可</translation>
    </message>
    <message>
        <source>frames with an open remark</source>
        <translation>有未解决批注的帧</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>annotation</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>review</source>
        <translation>审阅</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Assigned to</source>
        <translation>指派给</translation>
    </message>
    <message>
        <source>By</source>
        <translation>操作人</translation>
    </message>
    <message>
        <source>When (UTC)</source>
        <translation>时间（UTC）</translation>
    </message>
    <message>
        <source>Accepted by</source>
        <translation>接受人</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>批注</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>{open} open, {resolved} resolved</source>
        <translation>{open} 条未解决，{resolved} 条已解决</translation>
    </message>
    <message>
        <source>the first {count} are shown</source>
        <translation>显示前 {count} 条</translation>
    </message>
    <message>
        <source>open</source>
        <translation>未解决</translation>
    </message>
    <message>
        <source>resolved</source>
        <translation>已解决</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Frames touched</source>
        <translation>处理的帧</translation>
    </message>
    <message>
        <source>Time per mask</source>
        <translation>每个掩码的时间</translation>
    </message>
    <message>
        <source>Effort</source>
        <translation>工作量</translation>
    </message>
    <message>
        <source>Active work by frame</source>
        <translation>每帧的实际工作时间</translation>
    </message>
    <message>
        <source>Who made which mask</source>
        <translation>掩码的来源</translation>
    </message>
    <message>
        <source>Estimated quality</source>
        <translation>估计质量</translation>
    </message>
    <message>
        <source>The lowest estimate among the model&apos;s masks, by frame; where nothing stands, no model&apos;s mask is left.</source>
        <translation>每帧中模型掩码的最低估计值；空白处没有模型掩码。</translation>
    </message>
    <message>
        <source>{frames} frames of {place}; J and F as DAVIS defines them.</source>
        <translation>{place} 的 {frames} 帧；J 和 F 按 DAVIS 的定义。</translation>
    </message>
    <message>
        <source>Against the truth</source>
        <translation>与真值比较</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>frames {first} to {last}: {word}</source>
        <translation>第 {first} 至 {last} 帧：{word}</translation>
    </message>
    <message>
        <source>frame {frame}: {value}</source>
        <translation>第 {frame} 帧：{value}</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} 分 {seconds} 秒</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分</translation>
    </message>
    <message>
        <source>No project is open.</source>
        <translation>没有打开的项目。</translation>
    </message>
    <message>
        <source>Open a video or an image folder first.</source>
        <translation>请先打开视频或图像文件夹。</translation>
    </message>
    <message>
        <source>No run was interrupted.</source>
        <translation>没有被中断的运行。</translation>
    </message>
    <message>
        <source>Undo takes it back.</source>
        <translation>撤销可以还原。</translation>
    </message>
    <message>
        <source>{filled} of {frames} frames were filled and kept.</source>
        <translation>已填充并保留 {frames} 帧中的 {filled} 帧。</translation>
    </message>
    <message>
        <source>{title}: stopped, since nothing could be saved.</source>
        <translation>{title}：已停止，因为无法保存任何内容。</translation>
    </message>
    <message>
        <source>The run was cancelled.</source>
        <translation>运行已取消。</translation>
    </message>
    <message>
        <source>{stale} frames that you changed meanwhile were left alone.</source>
        <translation>其间您改动过的 {stale} 帧保持不变。</translation>
    </message>
    <message>
        <source>{title}: done.</source>
        <translation>{title}：已完成。</translation>
    </message>
    <message>
        <source>{title}: {share:.0%}</source>
        <translation>{title}：{share:.0%}</translation>
    </message>
    <message>
        <source>{title} is taken back: {share:.0%}</source>
        <translation>正在撤回“{title}”：{share:.0%}</translation>
    </message>
    <message>
        <source>You can look around meanwhile; other edits have to wait for it.</source>
        <translation>其间可以浏览；其他编辑须等它完成。</translation>
    </message>
    <message>
        <source>{title}: cancelled. All is as it was before.</source>
        <translation>“{title}”已取消，一切恢复原状。</translation>
    </message>
    <message>
        <source>Filled by backend &apos;{backend}&apos;. W shows the worst frame; undo takes it back.</source>
        <translation>由后端“{backend}”填充。按 W 显示最差帧；撤销可收回。</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Memory {total}   Cache {share}     </source>
        <translation>内存 {total}   缓存 {share}     </translation>
    </message>
    <message>
        <source>Window: {size}</source>
        <translation>窗口：{size}</translation>
    </message>
    <message>
        <source>Worker: {size}</source>
        <translation>工作进程：{size}</translation>
    </message>
    <message>
        <source>No worker</source>
        <translation>没有工作进程</translation>
    </message>
    <message>
        <source>Frames in memory: {used} of {room}</source>
        <translation>内存中的帧：{used} / {room}</translation>
    </message>
    <message>
        <source>Device for runs: {device}</source>
        <translation>运行所用设备：{device}</translation>
    </message>
    <message>
        <source>Memory of the GPU: {used} of {room}</source>
        <translation>显存：{used}，共 {room}</translation>
    </message>
    <message>
        <source>Progress: {what}</source>
        <translation>进度：{what}</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Download and check it.</source>
        <translation>下载并检查。</translation>
    </message>
    <message>
        <source>Import …</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Take it from a checkpoint file.</source>
        <translation>从检查点文件导入。</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Check its sum and that the network loads it.</source>
        <translation>检查校验和以及网络能否加载。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Delete the file from this machine.</source>
        <translation>从本机删除该文件。</translation>
    </message>
    <message>
        <source>Stop; what has arrived is used next time.</source>
        <translation>停止；已下载的部分下次继续使用。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Weights of the published methods, and of our own where there are any. None is needed: the embedded methods do the whole job without.</source>
        <translation>已发表方法的权重，以及我们自己的权重（如有）。都不是必需的：内置方法无需权重即可完成全部工作。</translation>
    </message>
    <message>
        <source>Leave out weights for non-commercial use only</source>
        <translation>不使用仅限非商业用途的权重</translation>
    </message>
    <message>
        <source>Runs then use other weights, or methods that need none. It holds for all projects.</source>
        <translation>之后的运行改用其他权重，或不需要权重的方法。对所有项目生效。</translation>
    </message>
    <message>
        <source>Fetch {what}</source>
        <translation>下载 {what}</translation>
    </message>
    <message>
        <source>Checkpoint of {what}</source>
        <translation>{what} 的检查点</translation>
    </message>
    <message>
        <source>Checkpoints (*.pth *.pt *.ckpt *.tar *.safetensors);;All files (*)</source>
        <translation>检查点 (*.pth *.pt *.ckpt *.tar *.safetensors);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Import {what}</source>
        <translation>导入 {what}</translation>
    </message>
    <message>
        <source>Verify {what}</source>
        <translation>校验 {what}</translation>
    </message>
    <message>
        <source>Method: {method}</source>
        <translation>方法：{method}</translation>
    </message>
    <message>
        <source>Licence: {licence}</source>
        <translation>许可：{licence}</translation>
    </message>
    <message>
        <source>From: {origin}</source>
        <translation>来源：{origin}</translation>
    </message>
    <message>
        <source>Cannot be used: {why}</source>
        <translation>无法使用：{why}</translation>
    </message>
    <message>
        <source>Not here. It has to be downloaded by hand, then imported.</source>
        <translation>本机没有。需手动下载后再导入。</translation>
    </message>
    <message>
        <source>Not here.</source>
        <translation>本机没有。</translation>
    </message>
    <message>
        <source>Comes with Strokeflow, {size}. Licence of these weights: {licence}.</source>
        <translation>随 Strokeflow 提供，{size}。这些权重的许可：{licence}。</translation>
    </message>
    <message>
        <source>Here since {date}, {size}.</source>
        <translation>已在本机（{date}，{size}）。</translation>
    </message>
    <message>
        <source>orange</source>
        <translation>橙色</translation>
    </message>
    <message>
        <source>sky blue</source>
        <translation>天蓝</translation>
    </message>
    <message>
        <source>green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>yellow</source>
        <translation>黄色</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>蓝色</translation>
    </message>
    <message>
        <source>vermilion</source>
        <translation>朱红</translation>
    </message>
    <message>
        <source>purple</source>
        <translation>紫色</translation>
    </message>
    <message>
        <source>{name} is open again.</source>
        <translation>{name} 已解锁。</translation>
    </message>
    <message>
        <source>{name} is locked on all frames.</source>
        <translation>{name} 已在所有帧上锁定。</translation>
    </message>
    <message>
        <source>Class of {name}</source>
        <translation>{name} 的类别</translation>
    </message>
    <message>
        <source>Class (exports carry it as the category):</source>
        <translation>类别（导出时写作 category）：</translation>
    </message>
    <message>
        <source>No mask on that side is out of date.</source>
        <translation>该方向上没有过期的掩码。</translation>
    </message>
    <message>
        <source>There is no frame on that side that you changed.</source>
        <translation>该方向上没有您改动过的帧。</translation>
    </message>
    <message>
        <source>The picture alone</source>
        <translation>仅画面</translation>
    </message>
    <message>
        <source>Masks before the last change</source>
        <translation>上次改动前的掩码</translation>
    </message>
    <message>
        <source>Another frame</source>
        <translation>另一帧</translation>
    </message>
    <message>
        <source>Second view</source>
        <translation>第二视图</translation>
    </message>
    <message>
        <source>What the second view shows</source>
        <translation>第二视图显示的内容</translation>
    </message>
    <message>
        <source>Frame of the second view</source>
        <translation>第二视图的帧</translation>
    </message>
    <message>
        <source>Beside it:</source>
        <translation>旁边显示：</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>缩略导航图</translation>
    </message>
    <message>
        <source>The whole picture; click or drag to move the view</source>
        <translation>整个画面；点击或拖动可移动视图</translation>
    </message>
    <message>
        <source>No earlier version of this frame</source>
        <translation>此帧没有更早的版本</translation>
    </message>
    <message>
        <source>No soft map on this frame: its masks are hard</source>
        <translation>此帧没有软图：其掩码是硬掩码</translation>
    </message>
    <message>
        <source>Folders of the data set</source>
        <translation>数据集的文件夹结构</translation>
    </message>
    <message>
        <source>Annotations/480p/NAME/ or flat.</source>
        <translation>Annotations/480p/名称/，或直接放在一个文件夹里。</translation>
    </message>
    <message>
        <source>Match by</source>
        <translation>匹配方式</translation>
    </message>
    <message>
        <source>How masks find their frames; auto tries all ways in this order.</source>
        <translation>掩码如何对应到帧；auto 按此顺序逐一尝试。</translation>
    </message>
    <message>
        <source>Where matching by order begins.</source>
        <translation>按顺序匹配时从哪一帧开始。</translation>
    </message>
    <message>
        <source>Resize</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Brings masks of another size to that of the frames.</source>
        <translation>把尺寸不同的掩码缩放到帧的尺寸。</translation>
    </message>
    <message>
        <source>Keep provenance</source>
        <translation>保留来源</translation>
    </message>
    <message>
        <source>Takes over who made each mask, where it is stated.</source>
        <translation>若文件写明每个掩码由谁制作，则一并读入。</translation>
    </message>
    <message>
        <source>YouTube-VOS (palette PNG and meta.json)</source>
        <translation>YouTube-VOS（调色板 PNG 与 meta.json）</translation>
    </message>
    <message>
        <source>Annotations/VIDEO/NAME.png with the colours of DAVIS, and meta.json with the class of each object and the frames that show it.</source>
        <translation>Annotations/视频/名称.png，颜色与 DAVIS 相同；meta.json 写明每个对象的类别和出现的帧。</translation>
    </message>
    <message>
        <source>Pascal VOC segmentation</source>
        <translation>Pascal VOC 分割</translation>
    </message>
    <message>
        <source>SegmentationObject and SegmentationClass palette PNGs, boxes as XML, the list of images, and labelmap.txt.</source>
        <translation>SegmentationObject 与 SegmentationClass 调色板 PNG、XML 边框、图像列表和 labelmap.txt。</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Writes JPEGImages/ as well.</source>
        <translation>同时写出 JPEGImages/。</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>A folder per object, or all objects together.</source>
        <translation>每个对象一个文件夹，或所有对象合在一起。</translation>
    </message>
    <message>
        <source>COCO (polygons)</source>
        <translation>COCO（多边形）</translation>
    </message>
    <message>
        <source>One JSON file with outlines along the pixel edges; holes are joined to the outline by a bridge of no width.</source>
        <translation>一个 JSON 文件，轮廓沿像素边缘；孔洞用零宽度的桥与轮廓相连。</translation>
    </message>
    <message>
        <source>Simplify outlines</source>
        <translation>简化轮廓</translation>
    </message>
    <message>
        <source>How far a simplified outline may be off, in pixels; 0 keeps every pixel.</source>
        <translation>简化后的轮廓最多偏离多少像素；0 表示一个像素都不丢。</translation>
    </message>
    <message>
        <source>YouTube-VIS (run-length tracks)</source>
        <translation>YouTube-VIS（游程编码轨迹）</translation>
    </message>
    <message>
        <source>One JSON file with a run-length mask per frame for every object.</source>
        <translation>一个 JSON 文件，每个对象每帧一个游程编码掩码。</translation>
    </message>
    <message>
        <source>YOLO segmentation</source>
        <translation>YOLO 分割</translation>
    </message>
    <message>
        <source>labels/NAME.txt with one outline per object, in shares of width and height, and data.yaml with the classes.</source>
        <translation>labels/名称.txt，每个对象一条轮廓，坐标为宽高的比例；data.yaml 列出类别。</translation>
    </message>
    <message>
        <source>Outlines, or boxes for detectors, which lose the masks.</source>
        <translation>轮廓，或供检测器使用的方框（会丢失掩码）。</translation>
    </message>
    <message>
        <source>void pixels</source>
        <translation>忽略区像素</translation>
    </message>
    <message>
        <source>LabelMe (JSON or XML per frame)</source>
        <translation>LabelMe（每帧一个 JSON 或 XML）</translation>
    </message>
    <message>
        <source>One JSON file per frame with masks or polygons, the group is the object; or XML with polygons, as the older tool of MIT has it.</source>
        <translation>每帧一个 JSON 文件，含掩码或多边形，组即对象；或含多边形的 XML，如 MIT 的旧版工具所用。</translation>
    </message>
    <message>
        <source>JSON, or XML of the older tool.</source>
        <translation>JSON，或旧版工具的 XML。</translation>
    </message>
    <message>
        <source>Shapes</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Masks (LabelMe 5.3 or newer), or outlines as polygons.</source>
        <translation>掩码（LabelMe 5.3 或更新），或多边形轮廓。</translation>
    </message>
    <message>
        <source>CVAT 1.1 (XML)</source>
        <translation>CVAT 1.1（XML）</translation>
    </message>
    <message>
        <source>annotations.xml with run-length masks, for images or as the tracks of a video; reads polygons, boxes and ellipses too.</source>
        <translation>annotations.xml，游程编码掩码，按图像或按视频轨迹；也可读多边形、矩形和椭圆。</translation>
    </message>
    <message>
        <source>Tracks of a video, or single images.</source>
        <translation>视频轨迹，或单张图像。</translation>
    </message>
    <message>
        <source>KITTI MOTS</source>
        <translation>KITTI MOTS 格式</translation>
    </message>
    <message>
        <source>One text file with a run-length mask per line, or 16-bit PNGs whose value is class times 1000 plus object; void is 10000, the ignore region.</source>
        <translation>一个文本文件，每行一个游程编码掩码；或 16 位 PNG，值为类别乘 1000 加对象号；忽略区为 10000。</translation>
    </message>
    <message>
        <source>One text file, or one PNG per frame.</source>
        <translation>一个文本文件，或每帧一个 PNG。</translation>
    </message>
    <message>
        <source>Label Studio (brush)</source>
        <translation>Label Studio（画笔）</translation>
    </message>
    <message>
        <source>One JSON file of tasks with brush masks in the run lengths of the tool.</source>
        <translation>一个任务 JSON 文件，画笔掩码采用该工具的游程编码。</translation>
    </message>
    <message>
        <source>Datumaro (JSON)</source>
        <translation>Datumaro（JSON 格式）</translation>
    </message>
    <message>
        <source>annotations/default.json with run-length masks, as Datumaro 1.x has it.</source>
        <translation>annotations/default.json，游程编码掩码，与 Datumaro 1.x 一致。</translation>
    </message>
    <message>
        <source>NumPy archive (NPZ)</source>
        <translation>NumPy 存档（NPZ）</translation>
    </message>
    <message>
        <source>labels: uint8 [N, H, W] of object ids; frames: their indices; seconds: their times.</source>
        <translation>labels：uint8 [N, H, W] 对象号；frames：帧号；seconds：时间。</translation>
    </message>
    <message>
        <source>How strongly objects are coloured in.</source>
        <translation>对象着色的深浅。</translation>
    </message>
    <message>
        <source>Overlay video (MP4, WebM, GIF)</source>
        <translation>叠加视频（MP4、WebM、GIF）</translation>
    </message>
    <message>
        <source>The video with the objects coloured in and outlined, at its own times; the ending chooses H.264 (.mp4), VP9 (.webm) or GIF.</source>
        <translation>对象着色并勾勒轮廓的视频，保持原有时间；由扩展名选择 H.264（.mp4）、VP9（.webm）或 GIF。</translation>
    </message>
    <message>
        <source>Of the video, in pixels; 0 keeps that of the frames.</source>
        <translation>视频的宽度（像素）；0 保持帧的宽度。</translation>
    </message>
    <message>
        <source>Cut-outs with alpha (PNG, ProRes 4444)</source>
        <translation>带透明度的抠像（PNG、ProRes 4444）</translation>
    </message>
    <message>
        <source>The picture with its objects opaque and the rest transparent: soft where a backend gave soft maps; colours are not multiplied by alpha.</source>
        <translation>对象不透明、其余透明的画面；若后端给出软掩码，则边缘柔和；颜色不预乘透明度。</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>PNGs of 8 bits, of 16 (alpha; colours have 8), or one ProRes 4444 video.</source>
        <translation>8 位 PNG、16 位 PNG（仅透明度为 16 位，颜色为 8 位），或一个 ProRes 4444 视频。</translation>
    </message>
    <message>
        <source>The id of the object to cut out; 0 takes all of them together.</source>
        <translation>要抠出的对象号；0 表示全部一起。</translation>
    </message>
    <message>
        <source>Contact sheet (PNG, PDF)</source>
        <translation>缩略图总览（PNG、PDF）</translation>
    </message>
    <message>
        <source>One page of small frames with their objects coloured in; the ending .pdf makes a PDF.</source>
        <translation>一页缩略帧，对象已着色；扩展名为 .pdf 时生成 PDF。</translation>
    </message>
    <message>
        <source>At most so many frames.</source>
        <translation>最多这么多帧。</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列数</translation>
    </message>
    <message>
        <source>Frames beside one another.</source>
        <translation>每行并排的帧数。</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Of a frame, in pixels.</source>
        <translation>每帧的宽度，以像素计。</translation>
    </message>
    <message>
        <source>Annotations/480p/CLIP/, JPEGImages/480p/CLIP/ (the folder is called 480p at any size, since readers of DAVIS ask for it), clips of a split in ImageSets/2017/SPLIT.txt</source>
        <translation>Annotations/480p/CLIP/、JPEGImages/480p/CLIP/（无论尺寸文件夹都叫 480p，因为 DAVIS 的读取程序要求如此），划分的视频列在 ImageSets/2017/SPLIT.txt</translation>
    </message>
    <message>
        <source>SPLIT/Annotations/CLIP/, SPLIT/JPEGImages/CLIP/, SPLIT/meta.json</source>
        <translation>SPLIT/Annotations/CLIP/、SPLIT/JPEGImages/CLIP/、SPLIT/meta.json</translation>
    </message>
    <message>
        <source>SegmentationObject/, SegmentationClass/, Annotations/ and JPEGImages/ with CLIP_NAME, the lists ImageSets/Segmentation/SPLIT.txt, labelmap.txt</source>
        <translation>SegmentationObject/、SegmentationClass/、Annotations/ 和 JPEGImages/（文件名为 CLIP_NAME），列表 ImageSets/Segmentation/SPLIT.txt，labelmap.txt</translation>
    </message>
    <message>
        <source>SPLIT/CLIP/: one export per clip; its pictures in SPLIT/CLIP/images/</source>
        <translation>SPLIT/CLIP/：每个视频一份导出；图片在 SPLIT/CLIP/images/</translation>
    </message>
    <message>
        <source>SPLIT/masks/CLIP_NAME.png, SPLIT/images/CLIP_NAME.jpg</source>
        <translation>SPLIT/masks/CLIP_NAME.png、SPLIT/images/CLIP_NAME.jpg</translation>
    </message>
    <message>
        <source>annotations/instances_SPLIT.json; pictures in images/SPLIT/CLIP/</source>
        <translation>annotations/instances_SPLIT.json；图片在 images/SPLIT/CLIP/</translation>
    </message>
    <message>
        <source>SPLIT/instances.json; pictures in SPLIT/JPEGImages/CLIP/</source>
        <translation>SPLIT/instances.json；图片在 SPLIT/JPEGImages/CLIP/</translation>
    </message>
    <message>
        <source>labels/SPLIT/CLIP_NAME.txt, images/SPLIT/CLIP_NAME.jpg, data.yaml</source>
        <translation>labels/SPLIT/CLIP_NAME.txt、images/SPLIT/CLIP_NAME.jpg、data.yaml</translation>
    </message>
    <message>
        <source>Cryptomatte (OpenEXR)</source>
        <translation>Cryptomatte 遮罩 (OpenEXR)</translation>
    </message>
    <message>
        <source>One OpenEXR file per frame with the mattes of all objects by name, as compositing programs read them.</source>
        <translation>每帧一个 OpenEXR 文件，按名称包含所有对象的遮罩，可由合成软件读取。</translation>
    </message>
    <message>
        <source>Soft outlines</source>
        <translation>柔和轮廓</translation>
    </message>
    <message>
        <source>Pixels at outlines are shared as the backends&apos; soft maps have it.</source>
        <translation>轮廓处的像素按后端的柔和图分配。</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Which of several mattes to read; empty takes that of the objects.</source>
        <translation>有多个遮罩时读取哪一个；留空则读取对象的遮罩。</translation>
    </message>
    <message>
        <source>Co-saliency of pictures</source>
        <translation>图片的协同显著性</translation>
    </message>
    <message>
        <source>Finds what the pictures of a folder have in common and writes a grey map of each. Their sizes may differ; no project is needed.</source>
        <translation>找出文件夹中图片的共同对象，并为每张图片写一张灰度图。图片大小可以不同，不需要项目。</translation>
    </message>
    <message>
        <source>Folder of pictures</source>
        <translation>图片文件夹</translation>
    </message>
    <message>
        <source>Folder for the maps</source>
        <translation>灰度图文件夹</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>灰度图</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>{folder}-maps</source>
        <translation>{folder}-灰度图</translation>
    </message>
    <message>
        <source>These plug-ins could not be loaded and are left out: {names}.</source>
        <translation>以下插件无法加载，已略去：{names}。</translation>
    </message>
    <message>
        <source>Matching</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>Key frame</source>
        <translation>关键帧</translation>
    </message>
    <message>
        <source>Frame before</source>
        <translation>前一帧</translation>
    </message>
    <message>
        <source>Match the &amp;chosen object</source>
        <translation>匹配所选对象(&amp;C)</translation>
    </message>
    <message>
        <source>Where “{name}” of frame {frame} was matched. Brighter: more of it.</source>
        <translation>第 {frame} 帧上的“{name}”匹配到的位置。越亮表示匹配越多。</translation>
    </message>
    <message>
        <source>Where the marked point of frame {frame} was matched, for “{name}”.</source>
        <translation>第 {frame} 帧上的指定点为“{name}”匹配到的位置。</translation>
    </message>
    <message>
        <source>Key frame {frame}</source>
        <translation>关键帧 {frame}</translation>
    </message>
    <message>
        <source>Frame {frame}, the one before</source>
        <translation>前一帧：第 {frame} 帧</translation>
    </message>
    <message>
        <source>Look for objects</source>
        <translation>查找对象</translation>
    </message>
    <message>
        <source>No other frame is worth a mask now.</source>
        <translation>现在没有其他值得添加掩码的帧。</translation>
    </message>
    <message>
        <source>Look at the clip</source>
        <translation>查看片段</translation>
    </message>
    <message>
        <source>moves apart</source>
        <translation>独立运动</translation>
    </message>
    <message>
        <source>stands out</source>
        <translation>显著</translation>
    </message>
    <message>
        <source>seen all along</source>
        <translation>始终出现</translation>
    </message>
    <message>
        <source>Objects found</source>
        <translation>找到的对象</translation>
    </message>
    <message>
        <source>Label the clip</source>
        <translation>标注片段</translation>
    </message>
    <message>
        <source>Frame {frame}: {source}, about {score}</source>
        <translation>第 {frame} 帧：{source}，约 {score}</translation>
    </message>
    <message>
        <source>The number is how well the mask is expected to fit (J, 0 to 1).</source>
        <translation>该数字是掩码的预计吻合程度（J，0 到 1）。</translation>
    </message>
    <message>
        <source>Which one is meant? Its mask is carried over the whole clip or the chosen range; what you drew, accepted or locked stays.</source>
        <translation>指的是哪一个？它的掩码将传播到整个片段或所选范围；您绘制、接受或锁定的内容保持不变。</translation>
    </message>
    <message>
        <source>Looking for what moves and what stands out …</source>
        <translation>正在查找运动和显著的对象…</translation>
    </message>
    <message>
        <source>Nothing was found. Scribble on the object on one frame instead.</source>
        <translation>没有找到。请改为在某一帧的对象上涂鸦。</translation>
    </message>
    <message>
        <source>1. Motion to the next frame, colour-coded</source>
        <translation>1. 到下一帧的运动（颜色编码）</translation>
    </message>
    <message>
        <source>2. What stands out by motion</source>
        <translation>2. 运动显著性</translation>
    </message>
    <message>
        <source>3. What stands out by colour</source>
        <translation>3. 颜色显著性</translation>
    </message>
    <message>
        <source>4. Both, multiplied</source>
        <translation>4. 两者相乘</translation>
    </message>
    <message>
        <source>5. What the twin learnt from key frames</source>
        <translation>5. 孪生副本从关键帧学到的</translation>
    </message>
    <message>
        <source>6. Steps 4 and 5, multiplied</source>
        <translation>6. 第 4 步与第 5 步相乘</translation>
    </message>
    <message>
        <source>Steps of the adaptation</source>
        <translation>自适应的各步骤</translation>
    </message>
    <message>
        <source>Nothing here yet. Choose Run &gt; Run with options, the task &apos;Masks from scribbles, or of what is salient&apos; and the backend &apos;Plug-and-play adaptation&apos;; its maps of every frame are kept until the next such run.</source>
        <translation>这里还没有内容。请选择“运行 &gt; 带选项运行”，任务选“由涂鸦或显著性生成掩码”，后端选“即插即用自适应”；每一帧的图会保留到下一次此类运行。</translation>
    </message>
    <message>
        <source>Frame {frame} is a key frame: motion and colour agree (non-overlap {ratio}).</source>
        <translation>第 {frame} 帧是关键帧：运动与颜色一致（不重叠率 {ratio}）。</translation>
    </message>
    <message>
        <source>Frame {frame} is no key frame: motion and colour differ (non-overlap {ratio}).</source>
        <translation>第 {frame} 帧不是关键帧：运动与颜色不一致（不重叠率 {ratio}）。</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>面板(&amp;P)</translation>
    </message>
    <message>
        <source>The clip ends here.</source>
        <translation>片段到此为止。</translation>
    </message>
    <message>
        <source>There is no mask on this frame to carry.</source>
        <translation>此帧没有可带走的掩码。</translation>
    </message>
    <message>
        <source>Draw one, or go to a frame that has one.</source>
        <translation>请画一个，或转到有掩码的帧。</translation>
    </message>
    <message>
        <source>Click on the picture.</source>
        <translation>请点击画面。</translation>
    </message>
    <message>
        <source>Which remark?</source>
        <translation>哪一条批注？</translation>
    </message>
    <message>
        <source>Click one in the list of remarks first.</source>
        <translation>请先在批注列表中点击一条。</translation>
    </message>
    <message>
        <source>Stage of the project</source>
        <translation>项目阶段</translation>
    </message>
    <message>
        <source>Nobody</source>
        <translation>无人</translation>
    </message>
    <message>
        <source>How it came there</source>
        <translation>阶段历史</translation>
    </message>
    <message>
        <source>Send back</source>
        <translation>退回</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指派</translation>
    </message>
    <message>
        <source>Hand over</source>
        <translation>移交</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is no packed project, or it is damaged.</source>
        <translation>“{path}”不是打包的项目，或已损坏。</translation>
    </message>
    <message>
        <source>Choose a NAME.strokeflowz file, or get it once more.</source>
        <translation>请选择 NAME.strokeflowz 文件，或重新获取它。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: &apos;{name}&apos; has no place in a project.</source>
        <translation>拒绝“{path}”：“{name}”不属于项目。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: &apos;{name}&apos; is in it twice.</source>
        <translation>拒绝“{path}”：其中“{name}”出现了两次。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: &apos;{name}&apos; is no plain file.</source>
        <translation>拒绝“{path}”：“{name}”不是普通文件。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: &apos;{name}&apos; is packed in another way.</source>
        <translation>拒绝“{path}”：“{name}”的打包方式不同。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: &apos;{name}&apos; is not in its list.</source>
        <translation>拒绝“{path}”：“{name}”不在其清单中。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: &apos;{name}&apos; is not what its list says.</source>
        <translation>拒绝“{path}”：“{name}”与其清单不符。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: &apos;{name}&apos; is missing.</source>
        <translation>拒绝“{path}”：缺少“{name}”。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: its list names a file twice.</source>
        <translation>拒绝“{path}”：其清单中有文件出现两次。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: its list is too large.</source>
        <translation>拒绝“{path}”：其清单过大。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is refused: its list has odd names.</source>
        <translation>拒绝“{path}”：其清单中有异常的名称。</translation>
    </message>
    <message>
        <source>Cannot write {path}: something is there already.</source>
        <translation>无法写入 {path}：那里已有内容。</translation>
    </message>
    <message>
        <source>It is damaged, or not from Strokeflow; nothing was unpacked.</source>
        <translation>它已损坏，或不是由 Strokeflow 生成；没有解包任何内容。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; was packed by a newer Strokeflow (format {written}, this one reads up to {FORMAT}).</source>
        <translation>“{path}”由更新的 Strokeflow 打包（格式 {written}，本版本最高支持 {FORMAT}）。</translation>
    </message>
    <message>
        <source>Update Strokeflow to unpack it.</source>
        <translation>请更新 Strokeflow 后再解包。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is a packed project.</source>
        <translation>“{path}”是打包的项目。</translation>
    </message>
    <message>
        <source>Unpack it first, with &apos;strokeflow unpack&apos;.</source>
        <translation>请先用“strokeflow unpack”解包。</translation>
    </message>
    <message>
        <source>&apos;{out}&apos; is no name for a file.</source>
        <translation>“{out}”不能用作文件名。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; has a name that cannot be packed.</source>
        <translation>“{name}”的名称无法打包。</translation>
    </message>
    <message>
        <source>Rename it first.</source>
        <translation>请先重命名。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; changed while it was packed.</source>
        <translation>“{name}”在打包时发生了变化。</translation>
    </message>
    <message>
        <source>Pack the project again.</source>
        <translation>请重新打包项目。</translation>
    </message>
    <message>
        <source>That needs {needed} MiB with room to spare, and {free} MiB are free there.</source>
        <translation>这需要 {needed} MiB（含余量），而那里只有 {free} MiB 可用空间。</translation>
    </message>
    <message>
        <source>Clean up: {count} frames</source>
        <translation>清理：{count} 帧</translation>
    </message>
    <message>
        <source>There is nothing to do.</source>
        <translation>没有要做的事。</translation>
    </message>
    <message>
        <source>There is no mask in this range that may be cleaned up.</source>
        <translation>此范围内没有可以清理的掩码。</translation>
    </message>
    <message>
        <source>Masks that a person drew are changed only if that is chosen, locked ones never.</source>
        <translation>人工绘制的掩码只有在选中时才会改动，锁定的从不改动。</translation>
    </message>
    <message>
        <source>Look at the data set</source>
        <translation>查看数据集</translation>
    </message>
    <message>
        <source>{name} is not among the projects of the data set.</source>
        <translation>{name} 不在数据集的项目之中。</translation>
    </message>
    <message>
        <source>Add it</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>No other frame of these projects is worth a mask now.</source>
        <translation>这些项目中目前没有其他值得添加掩码的帧。</translation>
    </message>
    <message>
        <source>Best place in the data set: {name}, frame {frame}.</source>
        <translation>数据集中最值得标注的位置：{name}，第 {frame} 帧。</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>转到该处</translation>
    </message>
    <message>
        <source>The data set is looked at when &apos;{title}&apos; is done.</source>
        <translation>“{title}”完成后将查看数据集。</translation>
    </message>
    <message>
        <source>Looking at the data set: {done} of {total} projects</source>
        <translation>正在查看数据集：{done} / {total} 个项目</translation>
    </message>
    <message>
        <source>There is nothing to erase.</source>
        <translation>没有可擦除的内容。</translation>
    </message>
    <message>
        <source>Draw an object first.</source>
        <translation>请先绘制一个对象。</translation>
    </message>
</context>
</TS>
