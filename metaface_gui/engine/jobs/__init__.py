"""Background threads that run jobs one after another, with progress and cancel. May not live here: what the jobs do."""
