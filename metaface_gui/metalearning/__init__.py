"""Offline meta-learning: from a folder of people to trained methods, and tables of the measured improvement.

Lives here, in the order of the data flow: faces of a folder (`face_folder`), splitting people into sets (`split`),
degradations and cached features (`degradations`, `feature_cache`); meta-training of the trunk (`trunk_tuning`), the
tail (`projection_fit`), the methods (`episodes`, `train`) and the strangers (`cohort_fit`); meta-testing (`conditions`,
`protocol`, `evaluate`, `report`, `plots`). May not live here: the live path, which only reads what was trained; the
methods themselves (`pipeline.learners`); Qt; SQL.
"""
