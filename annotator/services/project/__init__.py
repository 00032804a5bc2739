"""Projects as a whole: made, opened, kept, handed on."""
