"""What people say about a project, and what it cost them."""
