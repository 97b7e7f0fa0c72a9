"""Hours of use in minutes, to see whether anything grows: `python -m tests.soak --frames 200000`.

A command for maintainers, too slow for a test. Lives here: a crowd that is cheap to look at (`crowd`), somebody who
uses everything that the engine offers (`visitor`), what is noted meanwhile (`watch`, `gauges`) and its judgement
(`growth`). May not live here: anything that the program itself needs.

What is real: the engine with all its threads, slots and job runners, the gallery on the disk, the capture thread, the
follower with its optical flow, quality, tracking, voting, all nine methods with their shipped meta-parameters in the
features' real layout (128 + 64 floats), the sampled cohort and its thresholds, the recorder, export, import, self-test,
explanations; with `--window` also the whole window, off screen. What is not, unless `--models` is given: the two
networks. Finding a face is reading where it was painted, and embedding one is telling the painted person by the colours
of the aligned crop and taking that person's point, with a movement that the crop decides.

Time is compressed: thirty frames are a second of the scene, and come as fast as they are looked at. The ten seconds in
which something can be undone are one.
"""
