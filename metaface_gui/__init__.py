"""MetaFace: live few-shot face recognition that adapts on the spot by meta-learning."""
