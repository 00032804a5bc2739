"""What fills the unlabelled frames: protocols, cards, adapters."""
