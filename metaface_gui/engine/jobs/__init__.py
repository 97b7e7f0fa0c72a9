"""Background threads that do one job after another, with progress and cancel. Not here: what the jobs do."""
