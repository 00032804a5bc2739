"""Plug-and-play adaptation of image saliency networks to video (Li et al., IEEE TCSVT 2020)."""
