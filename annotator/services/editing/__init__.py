"""Everything a person does to masks and objects, on one frame and on very many."""
