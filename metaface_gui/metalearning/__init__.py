"""Meta-learning offline: from a folder of people to trained methods, and honest tables of what they gained.

Lives here, in the order the data takes: faces of a folder (`face_folder`), who is for what (`split`), degradations and
features, cached (`degradations`, `feature_cache`); meta-training of the trunk (`trunk_tuning`), the tail
(`projection_fit`), the methods (`episodes`, `train`) and the strangers (`cohort_fit`); meta-testing (`conditions`,
`protocol`, `evaluate`, `report`, `plots`). May not live here: the live path, which only reads what was trained; the
methods themselves (`pipeline.learners`); Qt; SQL.
"""
