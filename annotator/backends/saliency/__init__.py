"""What stands out, without weights: classical saliency and parts of plug-and-play adaptation."""
