"""Labels and projects in and out: dialogs that make requests, and the jobs that follow."""
