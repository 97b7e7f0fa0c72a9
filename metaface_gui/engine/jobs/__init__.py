"""Background threads that do one job after another, with progress and cancel. May not live here: what the jobs do."""
