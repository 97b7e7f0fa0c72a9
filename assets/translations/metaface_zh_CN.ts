<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
  <context>
    <name>AboutDialog</name>
    <message>
      <source>About MetaFace</source>
      <translation>关于 MetaFace</translation>
    </message>
    <message>
      <source>not installed</source>
      <translation>未安装</translation>
    </message>
    <message>
      <source>Version {version}, Qt {qt}</source>
      <translation>版本 {version}，Qt {qt}</translation>
    </message>
    <message>
      <source>Live face recognition that learns a new person from a few shots, by meta-learning.</source>
      <translation>实时人脸识别：借助元学习，看几个样本就能认识新的人。</translation>
    </message>
    <message>
      <source>Pictures, names and templates stay on this computer. Nothing is sent anywhere.</source>
      <translation>照片、姓名和特征模板只保存在这台电脑上，不会发送到任何地方。</translation>
    </message>
    <message>
      <source>MIT licence. Third-party work and its licences are listed in THIRD_PARTY_NOTICES.md.</source>
      <translation>MIT 许可证。第三方内容及其许可证见 THIRD_PARTY_NOTICES.md。</translation>
    </message>
  </context>
  <context>
    <name>Adaptation</name>
    <message>
      <source>Adapting …</source>
      <translation>正在适应…</translation>
    </message>
    <message>
      <source>Nobody is enrolled yet.</source>
      <translation>还没有录入任何人。</translation>
    </message>
    <message>
      <source>Adapted to {people}, {shots} in {time}</source>
      <translation>已适应 {people}、{shots}，用时 {time}</translation>
    </message>
    <message>
      <source>left-out shots not measured: nobody has two shots, or there are too many people</source>
      <translation>未测留出样本：没有人有两个样本，或人数太多</translation>
    </message>
    <message>
      <source>left-out shots named right: {after}</source>
      <translation>留出样本认对：{after}</translation>
    </message>
    <message>
      <source>left-out shots named right: {before} → {after} (before → after)</source>
      <translation>留出样本认对：{before} → {after}（之前 → 之后）</translation>
    </message>
    <message>
      <source>1 person</source>
      <translation>1 人</translation>
    </message>
    <message>
      <source>{n} people</source>
      <translation>{n} 人</translation>
    </message>
  </context>
  <context>
    <name>AdaptationPlot</name>
    <message>
      <source>loss</source>
      <translation>损失</translation>
    </message>
    <message>
      <source>accuracy, %</source>
      <translation>准确率（%）</translation>
    </message>
  </context>
  <context>
    <name>Advice</name>
    <message>
      <source>Choose pictures that show the whole face, uncovered and the right way up.</source>
      <translation>请选择脸部完整、无遮挡且方向正确的图片。</translation>
    </message>
    <message>
      <source>Choose pictures of one person, or crop them.</source>
      <translation>请选择只有一个人的图片，或把此人裁剪出来。</translation>
    </message>
    <message>
      <source>Choose larger pictures, or ones taken from closer up.</source>
      <translation>请选择更大的图片，或离得更近拍摄的图片。</translation>
    </message>
    <message>
      <source>Choose pictures in better light.</source>
      <translation>请选择光线更好的图片。</translation>
    </message>
    <message>
      <source>Choose pictures in softer light.</source>
      <translation>请选择光线更柔和的图片。</translation>
    </message>
    <message>
      <source>Choose sharper pictures.</source>
      <translation>请选择更清晰的图片。</translation>
    </message>
    <message>
      <source>Choose pictures of the face looking at the camera.</source>
      <translation>请选择面向镜头的图片。</translation>
    </message>
    <message>
      <source>Choose pictures with the whole face in them.</source>
      <translation>请选择包含整张脸的图片。</translation>
    </message>
    <message>
      <source>Turn the pictures the right way up.</source>
      <translation>请将图片转到正确的方向。</translation>
    </message>
    <message>
      <source>Choose pictures that differ more from each other.</source>
      <translation>请选择彼此差别更大的图片。</translation>
    </message>
  </context>
  <context>
    <name>Ages</name>
    <message>
      <source>just now</source>
      <translation>刚刚</translation>
    </message>
    <message>
      <source>{n} s ago</source>
      <translation>{n} 秒前</translation>
    </message>
    <message>
      <source>{n} min ago</source>
      <translation>{n} 分钟前</translation>
    </message>
    <message>
      <source>{n} h ago</source>
      <translation>{n} 小时前</translation>
    </message>
    <message>
      <source>yesterday</source>
      <translation>昨天</translation>
    </message>
    <message>
      <source>{n} days ago</source>
      <translation>{n} 天前</translation>
    </message>
    <message>
      <source>{n} months ago</source>
      <translation>{n} 个月前</translation>
    </message>
    <message>
      <source>here now</source>
      <translation>正在画面中</translation>
    </message>
    <message>
      <source>not seen yet</source>
      <translation>尚未出现</translation>
    </message>
    <message>
      <source>1 shot</source>
      <translation>1 个样本</translation>
    </message>
    <message>
      <source>{n} shots</source>
      <translation>{n} 个样本</translation>
    </message>
  </context>
  <context>
    <name>Cards</name>
    <message>
      <source>named</source>
      <translation>已认出</translation>
    </message>
    <message>
      <source>Unknown</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>right</source>
      <translation>正确</translation>
    </message>
    <message>
      <source>wrong</source>
      <translation>认错</translation>
    </message>
    <message>
      <source>strangers turned away</source>
      <translation>拒绝的陌生人</translation>
    </message>
    <message>
      <source>strangers let through</source>
      <translation>误认的陌生人</translation>
    </message>
  </context>
  <context>
    <name>Commands</name>
    <message>
      <source>measuring</source>
      <translation>正在测量</translation>
    </message>
    <message>
      <source>write the figures as JSON</source>
      <translation>把数据写成 JSON</translation>
    </message>
    <message>
      <source>measure only these: {sections}</source>
      <translation>只测量这些：{sections}</translation>
    </message>
    <message>
      <source>use a video or a folder of pictures instead of the demo scene</source>
      <translation>用视频或图片文件夹代替演示场景</translation>
    </message>
    <message>
      <source>people in the galleries (default: {n})</source>
      <translation>人脸库中的人数（默认：{n}）</translation>
    </message>
    <message>
      <source>how many seconds to measure the live view and the window's memory</source>
      <translation>测量实时画面和窗口内存的秒数</translation>
    </message>
    <message>
      <source>also measure face_recognition and OpenCV on the same frames</source>
      <translation>同时在相同的帧上测量 face_recognition 和 OpenCV</translation>
    </message>
    <message>
      <source>{cpu}, {n} threads; PyTorch {version} on {device}</source>
      <translation>{cpu}，{n} 个线程；PyTorch {version}，运行于 {device}</translation>
    </message>
    <message>
      <source>Other programs kept {n} cores busy in the last minute: figures will be worse than on an idle machine.</source>
      <translation>最近一分钟其他程序占用了 {n} 个核心：测得的数据会比机器空闲时差。</translation>
    </message>
    <message>
      <source>Stages, per call, after warm-up</source>
      <translation>各阶段，每次调用，预热后</translation>
    </message>
    <message>
      <source>stage</source>
      <translation>阶段</translation>
    </message>
    <message>
      <source>median ms</source>
      <translation>中位数 ms</translation>
    </message>
    <message>
      <source>95 % ms</source>
      <translation>95 % ms</translation>
    </message>
    <message>
      <source>Whole pipeline, at full speed</source>
      <translation>完整流程，全速</translation>
    </message>
    <message>
      <source>thorough: every face in every frame; file: as “metaface recognize” works, each face in every frame until it is known well; live: as the window works; -all: with every other method alongside</source>
      <translation>thorough：逐帧处理每张人脸；file：与 metaface recognize 相同，每张人脸在确认之前逐帧处理；live：与窗口相同；-all：同时运行其他所有方法</translation>
    </message>
    <message>
      <source>{what}, {width}×{height}, {frames} frames × {repeats}</source>
      <translation>{what}，{width}×{height}，{frames} 帧 × {repeats}</translation>
    </message>
    <message>
      <source>frames/s</source>
      <translation>帧/秒</translation>
    </message>
    <message>
      <source>faces found</source>
      <translation>检出人脸</translation>
    </message>
    <message>
      <source>right names</source>
      <translation>姓名正确</translation>
    </message>
    <message>
      <source>wrong</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>strangers named</source>
      <translation>误认陌生人</translation>
    </message>
    <message>
      <source>{key}: {times} times as many frames as {than}</source>
      <translation>{key}：帧数是 {than} 的 {times} 倍</translation>
    </message>
    <message>
      <source>1 face, ms</source>
      <translation>1 张人脸，ms</translation>
    </message>
    <message>
      <source>{n} faces, ms</source>
      <translation>{n} 张人脸，ms</translation>
    </message>
    <message>
      <source>The live engine without a window, {n} s</source>
      <translation>引擎实时运行，无窗口，{n} 秒</translation>
    </message>
    <message>
      <source>preview</source>
      <translation>预览</translation>
    </message>
    <message>
      <source>inference</source>
      <translation>推理</translation>
    </message>
    <message>
      <source>camera to result, median / 95 %</source>
      <translation>从摄像头到结果，中位数 / 95 %</translation>
    </message>
    <message>
      <source>camera to result</source>
      <translation>从摄像头到结果</translation>
    </message>
    <message>
      <source>One frame in the window, {width}×{height}, processor time; {frames} frames × {repeats}, alternating</source>
      <translation>窗口中的一帧，{width}×{height}，处理器时间；{frames} 帧 × {repeats}，交替测量</translation>
    </message>
    <message>
      <source>methods</source>
      <translation>方法数</translation>
    </message>
    <message>
      <source>mean ms</source>
      <translation>平均 ms</translation>
    </message>
    <message>
      <source>painting alone, ms</source>
      <translation>其中绘制，ms</translation>
    </message>
    <message>
      <source>verdict strips</source>
      <translation>判定条</translation>
    </message>
    <message>
      <source>{n} methods cost {times} times as much as one; painting alone, {painting} times</source>
      <translation>{n} 种方法的开销是一种的 {times} 倍；仅绘制为 {painting} 倍</translation>
    </message>
    <message>
      <source>Learners, by people × shots</source>
      <translation>各方法，按人数 × 样本数</translation>
    </message>
    <message>
      <source>learner</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>adapt {n}×{k}, ms</source>
      <translation>适应 {n}×{k}，ms</translation>
    </message>
    <message>
      <source>score {n}×{k}, µs per face</source>
      <translation>打分 {n}×{k}，每张脸 µs</translation>
    </message>
    <message>
      <source>Second-order MAML: {tasks} tasks, {n}-way {k}-shot, {queries} queries each, {steps} inner steps</source>
      <translation>二阶 MAML：{tasks} 个任务，{n}-way {k}-shot，各 {queries} 个查询样本，{steps} 步内循环</translation>
    </message>
    <message>
      <source>meta-steps per second, all tasks at once (vmap)</source>
      <translation>每秒元训练步数，所有任务同时（vmap）</translation>
    </message>
    <message>
      <source>meta-steps per second, task by task</source>
      <translation>每秒元训练步数，逐个任务</translation>
    </message>
    <message>
      <source>speed-up</source>
      <translation>加速倍数</translation>
    </message>
    <message>
      <source>Galleries</source>
      <translation>人脸库</translation>
    </message>
    <message>
      <source>people</source>
      <translation>人数</translation>
    </message>
    <message>
      <source>shots</source>
      <translation>样本</translation>
    </message>
    <message>
      <source>file MB</source>
      <translation>文件 MB</translation>
    </message>
    <message>
      <source>enrol ms</source>
      <translation>录入 ms</translation>
    </message>
    <message>
      <source>open ms</source>
      <translation>打开 ms</translation>
    </message>
    <message>
      <source>read ms</source>
      <translation>读取 ms</translation>
    </message>
    <message>
      <source>adapt ms</source>
      <translation>适应 ms</translation>
    </message>
    <message>
      <source>at start ms</source>
      <translation>启动时 ms</translation>
    </message>
    <message>
      <source>recognise a face µs</source>
      <translation>识别一张脸 µs</translation>
    </message>
    <message>
      <source>Start-up of the window, median of {n}</source>
      <translation>窗口启动，{n} 次的中位数</translation>
    </message>
    <message>
      <source>until something is on screen</source>
      <translation>到屏幕上出现内容</translation>
    </message>
    <message>
      <source>until the window can be used</source>
      <translation>到窗口可以使用</translation>
    </message>
    <message>
      <source>until the source's first picture</source>
      <translation>到出现视频源的第一帧画面</translation>
    </message>
    <message>
      <source>until faces have boxes</source>
      <translation>到人脸加上方框</translation>
    </message>
    <message>
      <source>until somebody is recognised</source>
      <translation>到认出第一个人</translation>
    </message>
    <message>
      <source>until all models are loaded</source>
      <translation>到所有模型加载完毕</translation>
    </message>
    <message>
      <source>longest freeze of the video until then</source>
      <translation>在此之前视频最长的卡顿</translation>
    </message>
    <message>
      <source>Memory of the window's process</source>
      <translation>窗口进程的内存</translation>
    </message>
    <message>
      <source>This system does not report how much memory a process uses.</source>
      <translation>本系统不提供进程占用的内存大小。</translation>
    </message>
    <message>
      <source>at the first recognition</source>
      <translation>首次认出人时</translation>
    </message>
    <message>
      <source>{n} s later</source>
      <translation>{n} 秒后</translation>
    </message>
    <message>
      <source>peak</source>
      <translation>峰值</translation>
    </message>
    <message>
      <source>per minute</source>
      <translation>每分钟</translation>
    </message>
    <message>
      <source>MetaFace and others on the same frames</source>
      <translation>MetaFace 与其他程序处理相同的帧</translation>
    </message>
    <message>
      <source>face_recognition was not measured: {reason}. Install it: {command}</source>
      <translation>未测量 face_recognition：{reason}。安装命令：{command}</translation>
    </message>
    <message>
      <source>{peer} was not measured: {reason}. “{stand_in}” runs the same networks on every face of every frame.</source>
      <translation>未测量 {peer}：{reason}。“{stand_in}”在每帧的每张人脸上运行相同的网络。</translation>
    </message>
    <message>
      <source>how many seconds to run once everybody is enrolled (default: {n})</source>
      <translation>所有人录入之后继续运行的秒数（默认：{n}）</translation>
    </message>
    <message>
      <source>folder for screenshots (default: metaface-demo)</source>
      <translation>截图文件夹（默认：metaface-demo）</translation>
    </message>
    <message>
      <source>play this lesson (1 to {n}) instead, and save a picture of each step</source>
      <translation>改为播放这一课（1 到 {n}），并保存每一步的图片</translation>
    </message>
    <message>
      <source>no screenshot: {name}</source>
      <translation>没有截图：{name}</translation>
    </message>
    <message>
      <source>screenshot: {path}</source>
      <translation>截图：{path}</translation>
    </message>
    <message>
      <source>The demo scene against the ground truth</source>
      <translation>演示场景：识别结果与真实身份对照</translation>
    </message>
    <message>
      <source>frames analysed</source>
      <translation>处理的帧</translation>
    </message>
    <message>
      <source>faces of enrolled people</source>
      <translation>已录入者的人脸</translation>
    </message>
    <message>
      <source>  right name</source>
      <translation>  姓名正确</translation>
    </message>
    <message>
      <source>  Unknown</source>
      <translation>  未知</translation>
    </message>
    <message>
      <source>  wrong name</source>
      <translation>  姓名错误</translation>
    </message>
    <message>
      <source>faces of the stranger</source>
      <translation>陌生人的人脸</translation>
    </message>
    <message>
      <source>  named</source>
      <translation>  被认成别人</translation>
    </message>
    <message>
      <source>faces missed</source>
      <translation>漏检的人脸</translation>
    </message>
    <message>
      <source>false detections</source>
      <translation>误检的人脸</translation>
    </message>
    <message>
      <source>from saving to the first right name</source>
      <translation>从保存到首次认对</translation>
    </message>
    <message>
      <source>from “not this person” to Unknown</source>
      <translation>从“不是此人”到“未知”</translation>
    </message>
    <message>
      <source>from naming the stranger to the first right name</source>
      <translation>从给陌生人命名到首次认对</translation>
    </message>
    <message>
      <source>camera to result, median</source>
      <translation>从摄像头到结果，中位数</translation>
    </message>
    <message>
      <source>The methods on the same frames</source>
      <translation>各方法处理相同的帧</translation>
    </message>
    <message>
      <source>method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>right</source>
      <translation>正确</translation>
    </message>
    <message>
      <source>named</source>
      <translation>认出</translation>
    </message>
    <message>
      <source>Unknown</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>switches/min</source>
      <translation>改名/分</translation>
    </message>
    <message>
      <source>agrees</source>
      <translation>一致</translation>
    </message>
    <message>
      <source>left out</source>
      <translation>留出</translation>
    </message>
    <message>
      <source>adapts</source>
      <translation>适应</translation>
    </message>
    <message>
      <source>agrees: decides as most methods do. left out: degraded shots named right when left out of the support set.
* recommended by the report on {n} shots, which took {seconds:.1f} s</source>
      <translation>一致：与多数方法结论相同。留出：从支持集中留出的降质样本认对的比例。
* 由报告推荐，报告使用 {n} 个样本，用时 {seconds:.1f} 秒</translation>
    </message>
    <message>
      <source>The room changes</source>
      <translation>环境变化</translation>
    </message>
    <message>
      <source>lights on</source>
      <translation>开灯</translation>
    </message>
    <message>
      <source>lights off</source>
      <translation>关灯</translation>
    </message>
    <message>
      <source>old webcam</source>
      <translation>老摄像头</translation>
    </message>
    <message>
      <source>after adapting</source>
      <translation>适应之后</translation>
    </message>
    <message>
      <source>right name</source>
      <translation>姓名正确</translation>
    </message>
    <message>
      <source>wrong name</source>
      <translation>姓名错误</translation>
    </message>
    <message>
      <source>stranger Unknown</source>
      <translation>陌生人判为未知</translation>
    </message>
    <message>
      <source>stranger named</source>
      <translation>陌生人被误认</translation>
    </message>
    <message>
      <source>from adapting to the first right name: {ms} ms; an enrolled person was first found after {seen} ms</source>
      <translation>从开始适应到首次认对：{ms} 毫秒；{seen} 毫秒后首次检测到已录入的人</translation>
    </message>
    <message>
      <source>unknown</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>strangers let through here: about {before} before, about {now} now</source>
      <translation>当前环境中误认的陌生人：之前约 {before}，现在约 {now}</translation>
    </message>
    <message>
      <source>Every method in several rooms, in percent: before → after adapting to the room</source>
      <translation>各方法在几种环境中的表现（%）：适应前 → 适应后</translation>
    </message>
    <message>
      <source>1 shot each | all shots</source>
      <translation>每人 1 个 | 全部样本</translation>
    </message>
    <message>
      <source>let in</source>
      <translation>误认</translation>
    </message>
    <message>
      <source>right, Unknown, wrong: shares of the enrolled people’s faces that were found; let in: strangers’ faces that got a name.
The methods disagreed on {share} of {n} face-frames. It took {seconds:.1f} s.</source>
      <translation>正确、未知、错误：占检测到的已录入者人脸的比例；误认：被当作某人的陌生人脸。
在 {n} 个人脸帧中，各方法对 {share} 判定不一致。用时 {seconds:.1f} 秒。</translation>
    </message>
    <message>
      <source>unchanged</source>
      <translation>无变化</translation>
    </message>
    <message>
      <source>  methods disagree</source>
      <translation>  判定不一致</translation>
    </message>
    <message>
      <source>reading</source>
      <translation>正在读取</translation>
    </message>
    <message>
      <source>{name}: shots not added, as they are too similar to stored ones: {count}</source>
      <translation>{name}：与已有样本过于相似而未添加的样本：{count}</translation>
    </message>
    <message>
      <source>{name} looks like {other}, who is already enrolled. If they are the same person, merge them: metaface gallery merge</source>
      <translation>{name} 看起来像已录入的 {other}。如果是同一个人，请合并：metaface gallery merge</translation>
    </message>
    <message>
      <source>{name}: shots saved: {count}</source>
      <translation>{name}：已保存 {count} 个样本</translation>
    </message>
    <message>
      <source>{name} is hidden and so still not recognised. To change that: “metaface gallery unhide NAME”.</source>
      <translation>{name} 处于隐藏状态，因此仍不会被识别。如需恢复，请用“metaface gallery unhide 姓名”。</translation>
    </message>
    <message>
      <source>refused: {reason}</source>
      <translation>已拒绝：{reason}</translation>
    </message>
    <message>
      <source>Enrol a person, or add shots to someone already enrolled. By running this command you confirm that the person has agreed, which is recorded. Unsuitable shots are refused, with the reason.</source>
      <translation>录入一个人，或给已录入的人添加样本。运行此命令即表示你确认本人已经同意，并会记录在案。不合格的样本会被拒绝，并说明原因。</translation>
    </message>
    <message>
      <source>keep at most N diverse shots (default: {n})</source>
      <translation>最多保留 N 个互不相似的样本（默认：{n}）</translation>
    </message>
    <message>
      <source>keep the person's data until the end of that day, e.g. 2030-12-31 (default: no limit)</source>
      <translation>把此人的数据保留到那一天结束，例如 2030-12-31（默认：不限）</translation>
    </message>
    <message>
      <source>keep the person's data for N days</source>
      <translation>把此人的数据保留 N 天</translation>
    </message>
    <message>
      <source>finding faces</source>
      <translation>正在检测人脸</translation>
    </message>
    <message>
      <source>adapting</source>
      <translation>正在适应</translation>
    </message>
    <message>
      <source>tracks: {condition}</source>
      <translation>轨迹：{condition}</translation>
    </message>
    <message>
      <source>features: {condition}</source>
      <translation>特征：{condition}</translation>
    </message>
    <message>
      <source>written: {path}</source>
      <translation>已写入：{path}</translation>
    </message>
    <message>
      <source>test the learners on people they have never seen</source>
      <translation>在从未见过的人身上测试各方法</translation>
    </message>
    <message>
      <source>write the report as JSON</source>
      <translation>把报告写成 JSON</translation>
    </message>
    <message>
      <source>draw DET and accuracy-over-shots plots</source>
      <translation>绘制 DET 曲线和准确率随样本数变化的曲线</translation>
    </message>
    <message>
      <source>also compare the promised FPIR with the actual one for 1, 5, 20 and 100 people enrolled</source>
      <translation>同时给出录入 1、5、20、100 人时的实际 FPIR，与承诺值对照</translation>
    </message>
    <message>
      <source>only the meta-test people, or everybody in a data set that training never saw</source>
      <translation>只用元测试集中的人，或用训练从未见过的数据集中的所有人</translation>
    </message>
    <message>
      <source>all, or some of: {keys}</source>
      <translation>all，或其中一些：{keys}</translation>
    </message>
    <message>
      <source>meta-parameters that you trained, instead of the shipped ones</source>
      <translation>用你自己训练的元参数代替自带的元参数</translation>
    </message>
    <message>
      <source>also test each method without its meta-training (default: yes)</source>
      <translation>同时测试未经元训练的各方法（默认：是）</translation>
    </message>
    <message>
      <source>comma-separated: {names}</source>
      <translation>用逗号分隔：{names}</translation>
    </message>
    <message>
      <source>rooms to simulate for shots, probes and strangers alike, besides the unchanged pictures; held-out (no shipped weights were trained on them), trained, all, or comma-separated: {names}</source>
      <translation>除原图外还要模拟的环境，同时作用于样本、待识别图片和陌生人图片；held-out（自带权重未在其上训练）、trained、all，或以逗号分隔：{names}</translation>
    </message>
    <message>
      <source>a number, or several, comma-separated</source>
      <translation>一个数，或以逗号分隔的多个数</translation>
    </message>
    <message>
      <source>degraded copies drawn of each picture</source>
      <translation>每张图片生成的降质副本数</translation>
    </message>
    <message>
      <source>how many earlier faces from the same room each method gets</source>
      <translation>向每种方法提供多少张同一环境中先前出现的人脸</translation>
    </message>
    <message>
      <source>share of those faces that belong to enrolled people, the rest to strangers; 1: no strangers</source>
      <translation>其中已录入者的人脸所占比例，其余为陌生人；1 表示没有陌生人</translation>
    </message>
    <message>
      <source>also test tracks with this many looks at a face, made from the probes' and strangers' pictures: a number, or several, comma-separated</source>
      <translation>另外测试由待识别者与陌生人的图片生成的轨迹，每条轨迹含这么多次观察：一个数，或以逗号分隔的多个数</translation>
    </message>
    <message>
      <source>there is no condition “{name}”; choose from {names}</source>
      <translation>没有条件“{name}”；可选：{names}</translation>
    </message>
    <message>
      <source>there is no environment “{name}”; choose from {names}</source>
      <translation>没有环境“{name}”；可选：{names}</translation>
    </message>
    <message>
      <source>{cells} cells: the worst / the median of each</source>
      <translation>{cells} 个单元：各项的最差值 / 中位数</translation>
    </message>
    <message>
      <source>highest FPIR: {learner}, {cell}</source>
      <translation>最高 FPIR：{learner}，{cell}</translation>
    </message>
    <message>
      <source>lowest TPIR: {learner}, {cell}</source>
      <translation>最低 TPIR：{learner}，{cell}</translation>
    </message>
    <message>
      <source>tracks, {condition}, {n_way}-way {k_shot}-shot, {episodes} episodes</source>
      <translation>轨迹，{condition}，{n_way}-way {k_shot}-shot，{episodes} 个任务</translation>
    </message>
    <message>
      <source>looks</source>
      <translation>观察次数</translation>
    </message>
    <message>
      <source>top-1 %</source>
      <translation>top-1 %</translation>
    </message>
    <message>
      <source>TPIR at
FPIR
1 %</source>
      <translation>TPIR
FPIR
1 %</translation>
    </message>
    <message>
      <source>ship-
ped:
TPIR</source>
      <translation>自带
阈值
TPIR</translation>
    </message>
    <message>
      <source>FPIR
for
{promise}</source>
      <translation>FPIR
承诺
{promise}</translation>
    </message>
    <message>
      <source>FPIR
for {promise}</source>
      <translation>FPIR
（设定 {promise}）</translation>
    </message>
    <message>
      <source>TPIR at
FPIR 1 %</source>
      <translation>TPIR
（FPIR 1 %）</translation>
    </message>
    <message>
      <source>shipped:
TPIR</source>
      <translation>自带阈值：
TPIR</translation>
    </message>
    <message>
      <source>gain
over stock</source>
      <translation>较原始
网络提升</translation>
    </message>
    <message>
      <source>{condition}, {n_way}-way {k_shot}-shot, {episodes} episodes</source>
      <translation>{condition}，{n_way}-way {k_shot}-shot，{episodes} 个任务</translation>
    </message>
    <message>
      <source>{condition}: actual FPIR (%) of the shipped threshold for a promised {promise} %, by number of people enrolled</source>
      <translation>{condition}：自带阈值承诺 {promise} % 时的实际 FPIR（%），按录入人数</translation>
    </message>
    <message>
      <source>gain
over
stock</source>
      <translation>较原始
网络
提升</translation>
    </message>
    <message>
      <source>TPIR at
FPIR
0.1 %</source>
      <translation>TPIR
FPIR
0.1 %</translation>
    </message>
    <message>
      <source>cal.
err.</source>
      <translation>校准
误差</translation>
    </message>
    <message>
      <source>adapt
ms</source>
      <translation>适应
ms</translation>
    </message>
    <message>
      <source>µs per
face</source>
      <translation>每张脸
µs</translation>
    </message>
    <message>
      <source>  untrained</source>
      <translation>  未训练</translation>
    </message>
    <message>
      <source>everybody</source>
      <translation>所有人</translation>
    </message>
    <message>
      <source>one person's shots and consent</source>
      <translation>某人的样本和同意记录</translation>
    </message>
    <message>
      <source>rename a person</source>
      <translation>给某人改名</translation>
    </message>
    <message>
      <source>move all shots of the second person to the first</source>
      <translation>把第二个人的所有样本并入第一个人</translation>
    </message>
    <message>
      <source>keep a person stored, but do not recognise them</source>
      <translation>保留此人的数据，但不再识别</translation>
    </message>
    <message>
      <source>recognise a hidden person again</source>
      <translation>重新识别被隐藏的人</translation>
    </message>
    <message>
      <source>delete a person and everything derived from them, for good</source>
      <translation>彻底删除某人以及由其生成的一切数据</translation>
    </message>
    <message>
      <source>export everybody, or the people named, to one file</source>
      <translation>把所有人或指定的人导出到一个文件</translation>
    </message>
    <message>
      <source>add everybody in an exported file</source>
      <translation>添加导出文件中的所有人</translation>
    </message>
    <message>
      <source>what to do when a name is taken (default: skip)</source>
      <translation>姓名已存在时的处理方式（默认：skip，跳过）</translation>
    </message>
    <message>
      <source>The gallery is empty. “metaface enroll NAME PHOTO…” adds somebody.</source>
      <translation>人脸库是空的。用“metaface enroll 姓名 照片…”添加人员。</translation>
    </message>
    <message>
      <source>name</source>
      <translation>姓名</translation>
    </message>
    <message>
      <source>enrolled</source>
      <translation>录入时间</translation>
    </message>
    <message>
      <source>last seen</source>
      <translation>最近出现</translation>
    </message>
    <message>
      <source>keep until</source>
      <translation>保留至</translation>
    </message>
    <message>
      <source>hidden</source>
      <translation>已隐藏</translation>
    </message>
    <message>
      <source>consent: {when}, given by {who}, for: {purpose}; wording {version}; keep until: {until}</source>
      <translation>同意记录：{when}，同意人：{who}，用途：{purpose}；文本版本 {version}；保留至：{until}</translation>
    </message>
    <message>
      <source>shot</source>
      <translation>样本</translation>
    </message>
    <message>
      <source>taken</source>
      <translation>拍摄时间</translation>
    </message>
    <message>
      <source>from</source>
      <translation>来自</translation>
    </message>
    <message>
      <source>quality</source>
      <translation>质量</translation>
    </message>
    <message>
      <source>not this person</source>
      <translation>不是此人</translation>
    </message>
    <message>
      <source>{path} is not encrypted: anyone who has the file can see the faces. Encrypt it with --passphrase-file.</source>
      <translation>{path} 未加密：任何拿到文件的人都能看到其中的人脸。可用 --passphrase-file 加密。</translation>
    </message>
    <message>
      <source>{added} added, {renamed} renamed, {merged} merged, {skipped} skipped</source>
      <translation>添加 {added}，改名 {renamed}，合并 {merged}，跳过 {skipped}</translation>
    </message>
    <message>
      <source>metaface: hidden, so not recognised: {names}. To change that: “gallery unhide NAME”.</source>
      <translation>metaface：{names} 已隐藏，不会被识别。如需恢复，请用“gallery unhide 姓名”。</translation>
    </message>
    <message>
      <source>metaface: the agreed retention period of {names} is over. “gallery expired --delete” deletes them.</source>
      <translation>metaface：{names} 的约定保存期限已过。可用“gallery expired --delete”删除。</translation>
    </message>
    <message>
      <source>Written to {path}. The files are not encrypted: keep them safe.</source>
      <translation>已写入 {path}。文件未加密，请妥善保管。</translation>
    </message>
    <message>
      <source>Deleted: {n} people, and everything derived from them.</source>
      <translation>已删除：{n} 人，以及由其生成的一切数据。</translation>
    </message>
    <message>
      <source>list people whose retention period is over, or soon will be</source>
      <translation>列出保存期限已到或即将到期的人</translation>
    </message>
    <message>
      <source>delete those whose period is over, for good</source>
      <translation>彻底删除保存期限已到的人</translation>
    </message>
    <message>
      <source>write out what is stored about a person, unencrypted, to give to them</source>
      <translation>把关于某人的存储内容以明文写出，供交给本人</translation>
    </message>
    <message>
      <source>a new folder, or a new file called ….zip</source>
      <translation>新文件夹，或名为 ….zip 的新文件</translation>
    </message>
    <message>
      <source>delete everybody and everything, for good</source>
      <translation>彻底删除所有人和所有数据</translation>
    </message>
    <message>
      <source>confirm: this cannot be undone</source>
      <translation>确认：此操作无法撤销</translation>
    </message>
    <message>
      <source>Nobody's retention period is over or ends within a week.</source>
      <translation>没有人的保存期限已到或将在一周内到期。</translation>
    </message>
    <message>
      <source>until</source>
      <translation>截至</translation>
    </message>
    <message>
      <source>over</source>
      <translation>已到期</translation>
    </message>
    <message>
      <source>soon over</source>
      <translation>即将到期</translation>
    </message>
    <message>
      <source>deleted for good</source>
      <translation>已彻底删除</translation>
    </message>
    <message>
      <source>no limit</source>
      <translation>不限</translation>
    </message>
    <message>
      <source>the source: a camera's number, a file, a folder, a URL or the demo scene</source>
      <translation>来源：摄像头编号、文件、文件夹、网址或演示场景</translation>
    </message>
    <message>
      <source>method to adapt with: {keys}</source>
      <translation>使用的方法：{keys}</translation>
    </message>
    <message>
      <source>language of the window and the output (default: the system's)</source>
      <translation>窗口和输出的语言（默认：系统语言）</translation>
    </message>
    <message>
      <source>metaface: interrupted</source>
      <translation>metaface：已中断</translation>
    </message>
    <message>
      <source>Live few-shot face recognition that adapts on the spot.</source>
      <translation>实时小样本人脸识别，当场自适应。</translation>
    </message>
    <message>
      <source>commands</source>
      <translation>命令</translation>
    </message>
    <message>
      <source>play the demo scene; needs no camera or display</source>
      <translation>播放演示场景；不需要摄像头，也不需要显示器</translation>
    </message>
    <message>
      <source>enrol a person from images, folders or videos</source>
      <translation>从图片、文件夹或视频录入一个人</translation>
    </message>
    <message>
      <source>say who is in a video, folder, image or stream</source>
      <translation>指出视频、文件夹、图片或视频流中有谁</translation>
    </message>
    <message>
      <source>list, show, rename, merge, delete, move people</source>
      <translation>列出、查看、重命名、合并、删除、转移人员</translation>
    </message>
    <message>
      <source>meta-train a method on a folder of people</source>
      <translation>用按人分类的图片文件夹元训练一种方法</translation>
    </message>
    <message>
      <source>measure speed and memory use on this machine</source>
      <translation>测量在这台机器上的速度和内存占用</translation>
    </message>
    <message>
      <source>list, fetch and check the models' weights</source>
      <translation>列出、下载和检查模型权重</translation>
    </message>
    <message>
      <source>“{text}” is not a whole number</source>
      <translation>“{text}”不是整数</translation>
    </message>
    <message>
      <source>“{text}” is less than 1</source>
      <translation>“{text}”小于 1</translation>
    </message>
    <message>
      <source>“{text}” is not a number above 0</source>
      <translation>“{text}”不是大于 0 的数</translation>
    </message>
    <message>
      <source>“{text}” is not a share from 0 to 1, such as 0.5</source>
      <translation>“{text}”不是 0 到 1 之间的比例，例如 0.5</translation>
    </message>
    <message>
      <source>gallery file; created if it does not exist</source>
      <translation>人脸库文件；不存在时自动新建</translation>
    </message>
    <message>
      <source>gallery file</source>
      <translation>人脸库文件</translation>
    </message>
    <message>
      <source>device to compute on</source>
      <translation>计算设备</translation>
    </message>
    <message>
      <source>face detector</source>
      <translation>人脸检测器</translation>
    </message>
    <message>
      <source>embedder: turns faces into vectors</source>
      <translation>特征提取器：把人脸变成向量</translation>
    </message>
    <message>
      <source>share of strangers who may be taken for somebody enrolled (FPIR), e.g. 0.01</source>
      <translation>允许被误认为已录入者的陌生人比例（FPIR），例如 0.01</translation>
    </message>
    <message>
      <source>overwrite an existing file that MetaFace did not write</source>
      <translation>覆盖并非由 MetaFace 生成的已有文件</translation>
    </message>
    <message>
      <source>data set folders, each with one folder of pictures per person</source>
      <translation>数据集文件夹（可多个），其中每人一个图片文件夹</translation>
    </message>
    <message>
      <source>a trunk that you trained, instead of the shipped one</source>
      <translation>用你自己训练的主干代替自带的主干</translation>
    </message>
    <message>
      <source>a projection that you trained, instead of the shipped one</source>
      <translation>用你自己训练的投影代替自带的投影</translation>
    </message>
    <message>
      <source>cache folder for faces and features</source>
      <translation>人脸和特征的缓存文件夹</translation>
    </message>
    <message>
      <source>“{text}” is not a share between 0 and 1, such as 0.01</source>
      <translation>“{text}”不是 0 和 1 之间的比例，例如 0.01</translation>
    </message>
    <message>
      <source>file whose first line is the passphrase; -: standard input (on a terminal you are asked for it)</source>
      <translation>口令取自此文件的第一行；-：标准输入（在终端上会提示输入）</translation>
    </message>
    <message>
      <source>Passphrase: </source>
      <translation>口令： </translation>
    </message>
    <message>
      <source>Repeat it: </source>
      <translation>再输一次： </translation>
    </message>
    <message>
      <source>recognising</source>
      <translation>正在识别</translation>
    </message>
    <message>
      <source>{frames} frames, {faces} faces</source>
      <translation>{frames} 帧，{faces} 张人脸</translation>
    </message>
    <message>
      <source>metaface: {path} is treated as a folder of videos; pictures skipped: {count}.</source>
      <translation>metaface：{path} 按视频文件夹处理，其中的 {count} 张图片已略过。</translation>
    </message>
    <message>
      <source>Skipped videos, as they already have results: {count}. --again redoes them.</source>
      <translation>{count} 个视频已有结果，已跳过；用 --again 重新处理。</translation>
    </message>
    <message>
      <source>{n} at a time</source>
      <translation>同时处理 {n} 个</translation>
    </message>
    <message>
      <source>on {address}</source>
      <translation>集群 {address}</translation>
    </message>
    <message>
      <source>{done} of {count} videos</source>
      <translation>{count} 个视频中的 {done} 个</translation>
    </message>
    <message>
      <source>video</source>
      <translation>视频</translation>
    </message>
    <message>
      <source>frames</source>
      <translation>帧</translation>
    </message>
    <message>
      <source>faces</source>
      <translation>人脸</translation>
    </message>
    <message>
      <source>who</source>
      <translation>谁</translation>
    </message>
    <message>
      <source>seconds</source>
      <translation>秒</translation>
    </message>
    <message>
      <source>failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>{videos} videos, {frames} frames, {faces} faces in {seconds:.1f} s: {fps:.1f} frames/s, {where}</source>
      <translation>{videos} 个视频，{frames} 帧，{faces} 张人脸，用时 {seconds:.1f} 秒：{fps:.1f} 帧/秒，{where}</translation>
    </message>
    <message>
      <source>metaface: {failed} of {count} videos could not be recognised.</source>
      <translation>metaface：{count} 个视频中有 {failed} 个无法识别。</translation>
    </message>
    <message>
      <source>Say who is in a video, an image, a stream, a folder of pictures, or every video in a folder. A folder counts as a folder of videos if it contains a video, or if it contains no picture and a subfolder contains a video.</source>
      <translation>指出视频、图片、视频流、图片文件夹或视频文件夹中有谁。文件夹里直接有视频，或者没有图片但子文件夹里有视频时，按视频文件夹处理。</translation>
    </message>
    <message>
      <source>do not adapt to the unlabelled faces seen earlier in the same video or stream; they are kept in memory only and never carried over to another file</source>
      <translation>不适应同一视频或视频流中先前出现的未标注人脸；它们只保存在内存中，绝不会带到其他文件</translation>
    </message>
    <message>
      <source>write the lines to a file and a summary to the terminal; for a folder of videos, give a folder, which gets one VIDEO.jsonl per video. Results that are newer than their video and were made with the same people and settings are kept, so an interrupted run can be continued</source>
      <translation>把逐行结果写入文件，摘要输出到终端；对视频文件夹则给出一个文件夹，每个视频得到一个 VIDEO.jsonl。比视频新、且人员和设置相同的结果会保留，因此中断后可以接着运行</translation>
    </message>
    <message>
      <source>write an annotated video; for a folder of videos, a folder of VIDEO.mp4</source>
      <translation>写出带标注的视频；对视频文件夹则写出存放 VIDEO.mp4 的文件夹</translation>
    </message>
    <message>
      <source>process this many videos of a folder at a time (default: one per core, 16 at most)</source>
      <translation>同时处理文件夹中的视频数（默认：每个核心一个，最多 16）</translation>
    </message>
    <message>
      <source>process a folder's videos on the workers of a Dask scheduler, such as tls://host:8786; they must find the videos under the same path</source>
      <translation>由 Dask 调度器（例如 tls://host:8786）的工作进程处理文件夹中的视频；各工作进程须能以相同路径访问这些视频</translation>
    </message>
    <message>
      <source>process all videos of a folder, including those that already have results</source>
      <translation>处理文件夹中的所有视频，包括已有结果的</translation>
    </message>
    <message>
      <source>“{text}” is not an address such as tls://host:8786</source>
      <translation>“{text}”不是有效地址，例如 tls://host:8786</translation>
    </message>
    <message>
      <source>it is a folder</source>
      <translation>这是一个文件夹</translation>
    </message>
    <message>
      <source>Run the same command with --resume to continue.</source>
      <translation>用同样的命令加上 --resume 即可继续。</translation>
    </message>
    <message>
      <source>The embedder has no projection, so its tail cannot adapt and there is little to gain. Run “metaface train projection” first, and pass its file with --projection.</source>
      <translation>特征提取器没有投影，其尾部无法适应，收益很小。请先运行“metaface train projection”，再用 --projection 指定它的文件。</translation>
    </message>
    <message>
      <source>projecting</source>
      <translation>正在投影</translation>
    </message>
    <message>
      <source>meta-training {key}</source>
      <translation>元训练 {key}</translation>
    </message>
    <message>
      <source>{title}: accuracy {top1:.1%}, TPIR {tpir:.1%} at FPIR {fpir:.0%}</source>
      <translation>{title}：准确率 {top1:.1%}，FPIR 为 {fpir:.0%} 时 TPIR {tpir:.1%}</translation>
    </message>
    <message>
      <source>untrained</source>
      <translation>未训练</translation>
    </message>
    <message>
      <source>trained, step {step}</source>
      <translation>已训练，第 {step} 步</translation>
    </message>
    <message>
      <source>{file}: {size:.2f} MB, {steps} steps in {seconds:.0f} s</source>
      <translation>{file}：{size:.2f} MB，{steps} 步，用时 {seconds:.0f} 秒</translation>
    </message>
    <message>
      <source>features of the training people</source>
      <translation>训练人员的特征</translation>
    </message>
    <message>
      <source>features of the validation people</source>
      <translation>验证人员的特征</translation>
    </message>
    <message>
      <source>choosing the sharpening</source>
      <translation>正在选择锐化程度</translation>
    </message>
    <message>
      <source>γ = {sharpening}, {condition}: promised 1 %, actual by number of people enrolled: {shares}</source>
      <translation>γ = {sharpening}，{condition}：承诺 1 %，各录入人数下的实际值 {shares}</translation>
    </message>
    <message>
      <source>meta-parameters of other methods that you trained, for “rl2” to choose from</source>
      <translation>你自己训练的其他方法的元参数，供“rl2”选择</translation>
    </message>
    <message>
      <source>outer-loop steps</source>
      <translation>外循环步数</translation>
    </message>
    <message>
      <source>episodes per step</source>
      <translation>每步的任务数</translation>
    </message>
    <message>
      <source>highest learning rate</source>
      <translation>最大学习率</translation>
    </message>
    <message>
      <source>degraded copies of each picture (default: 6)</source>
      <translation>每张图片的降质副本数（默认：6）</translation>
    </message>
    <message>
      <source>resume an interrupted training run</source>
      <translation>从中断处继续训练</translation>
    </message>
    <message>
      <source>“{text}” has nothing to train; choose one of: {choices}</source>
      <translation>“{text}”没有可训练的内容；请选择以下之一：{choices}</translation>
    </message>
    <message>
      <source>there is no learner “{text}”; choose one of: {choices}</source>
      <translation>没有方法“{text}”；请选择以下之一：{choices}</translation>
    </message>
    <message>
      <source>training the projection</source>
      <translation>正在训练投影</translation>
    </message>
    <message>
      <source>loss {loss:.3f}, validation: {validation:.3f}</source>
      <translation>损失 {loss:.3f}，验证：{validation:.3f}</translation>
    </message>
    <message>
      <source>validation loss {before:.3f} → {after:.3f} at step {step}; {file}</source>
      <translation>验证损失 {before:.3f} → {after:.3f}，第 {step} 步；{file}</translation>
    </message>
    <message>
      <source>measuring the ranges</source>
      <translation>正在测量通道统计量的范围</translation>
    </message>
    <message>
      <source>{file}: trunk {id}, {count} layers limited to their ranges</source>
      <translation>{file}：主干网络 {id}，{count} 层已限定范围</translation>
    </message>
    <message>
      <source>simulating rooms</source>
      <translation>正在模拟各环境</translation>
    </message>
    <message>
      <source>testing with strangers</source>
      <translation>正在用陌生人测试</translation>
    </message>
    <message>
      <source>{file}: fitted to {cells} kinds of gallery</source>
      <translation>{file}：已按 {cells} 种人脸库拟合</translation>
    </message>
    <message>
      <source>tuning the trunk</source>
      <translation>正在微调主干</translation>
    </message>
    <message>
      <source>loss {loss:.3f}, cosine {cosine:.3f}</source>
      <translation>损失 {loss:.3f}，余弦 {cosine:.3f}</translation>
    </message>
    <message>
      <source>cosine between degraded and clean pictures {before:.3f} → {after:.3f}; {file}</source>
      <translation>降质图与原图的余弦相似度 {before:.3f} → {after:.3f}；{file}</translation>
    </message>
    <message>
      <source>loss {loss:.3f}, validation: accuracy {top1:.1%}, TPIR {tpir:.1%}</source>
      <translation>损失 {loss:.3f}，验证：准确率 {top1:.1%}，TPIR {tpir:.1%}</translation>
    </message>
    <message>
      <source>{count} steps skipped</source>
      <translation>跳过 {count} 步</translation>
    </message>
    <message>
      <source>{time} left</source>
      <translation>剩余 {time}</translation>
    </message>
    <message>
      <source>list all weights</source>
      <translation>列出所有权重</translation>
    </message>
    <message>
      <source>download weights that are not shipped</source>
      <translation>下载非自带的权重</translation>
    </message>
    <message>
      <source>install them from a file you have instead of downloading</source>
      <translation>从已有的文件安装，不下载</translation>
    </message>
    <message>
      <source>compare every checksum</source>
      <translation>比对所有校验和</translation>
    </message>
    <message>
      <source>name</source>
      <comment>of a file of weights</comment>
      <translation>名称</translation>
    </message>
    <message>
      <source>for</source>
      <translation>用途</translation>
    </message>
    <message>
      <source>size</source>
      <translation>大小</translation>
    </message>
    <message>
      <source>licence</source>
      <translation>许可证</translation>
    </message>
    <message>
      <source>here</source>
      <translation>本机</translation>
    </message>
    <message>
      <source>yes</source>
      <translation>有</translation>
    </message>
    <message>
      <source>no</source>
      <translation>无</translation>
    </message>
    <message>
      <source>{name} is on this computer: {path}</source>
      <translation>{name} 已在本机：{path}</translation>
    </message>
    <message>
      <source>{people} different strangers are too few to support a claim about an FPIR of {fpir}: by the rule of three, even if none got a name, that would only show that it is below {limit}.</source>
      <translation>{people} 个不同的陌生人不足以支持关于 FPIR 为 {fpir} 的结论：按“三倍法则”，即使无一被误认，也只能说明它低于 {limit}。</translation>
    </message>
    <message>
      <source>An episode has too few strangers to set a threshold at an FPIR of {fpir}: the episodes share one, set on all their strangers.</source>
      <translation>单个任务中的陌生人太少，无法确定 FPIR 为 {fpir} 的阈值：各任务共用一个由全部陌生人得出的阈值。</translation>
    </message>
    <message>
      <source>{n_way}-way {k_shot}-shot episodes enrol only {used} people: the data set has too few.</source>
      <translation>{n_way}-way {k_shot}-shot 的任务实际只录入 {used} 人：数据集人数不够。</translation>
    </message>
  </context>
  <context>
    <name>Compare</name>
    <message>
      <source>decides</source>
      <translation>判定</translation>
    </message>
    <message>
      <source>It decides the names</source>
      <translation>由它判定姓名</translation>
    </message>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>Named</source>
      <translation>认出</translation>
    </message>
    <message>
      <source>Unknown</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>Changes/min</source>
      <translation>改名/分</translation>
    </message>
    <message>
      <source>Agreement</source>
      <translation>一致率</translation>
    </message>
    <message>
      <source>Accuracy</source>
      <translation>准确率</translation>
    </message>
    <message>
      <source>Now</source>
      <translation>当前</translation>
    </message>
    <message>
      <source>Tick the methods to run on the same faces</source>
      <translation>勾选要在相同人脸上运行的方法</translation>
    </message>
    <message>
      <source>Faces it named; every face in every frame counts</source>
      <translation>它给出姓名的人脸；每帧的每张人脸都计入</translation>
    </message>
    <message>
      <source>Faces that it called Unknown</source>
      <translation>它判为“未知”的人脸</translation>
    </message>
    <message>
      <source>Name changes per minute: how often it changed its mind about a face</source>
      <translation>每分钟改名次数：它对同一张脸改变结论的次数</translation>
    </message>
    <message>
      <source>How often it agreed with the majority of the methods, where there was one</source>
      <translation>在有多数意见时，它与半数以上方法结论相同的比例</translation>
    </message>
    <message>
      <source>How often it was right about faces whose name is known, from the demo scene or from you</source>
      <translation>在已知姓名的人脸中判对的比例；姓名来自演示场景或由你指定</translation>
    </message>
    <message>
      <source>What it says about the face, and its margin: −1 a stranger, 0 its own threshold, +1 somebody enrolled</source>
      <translation>它对这张脸的判断及其余量：−1 为陌生人，0 为它自己的阈值，+1 为已录入的人</translation>
    </message>
    <message>
      <source>{name}, as most methods say</source>
      <translation>{name}，与多数方法一致</translation>
    </message>
    <message>
      <source>{name}, unlike most methods</source>
      <translation>{name}，与多数方法不同</translation>
    </message>
    <message>
      <source>{name}; the methods have no majority</source>
      <translation>{name}；各方法没有多数意见</translation>
    </message>
    <message>
      <source>right</source>
      <translation>正确</translation>
    </message>
    <message>
      <source>wrong</source>
      <translation>错误</translation>
    </message>
    <message>
      <source>1 frame</source>
      <translation>1 帧</translation>
    </message>
    <message>
      <source>{n} frames</source>
      <translation>{n} 帧</translation>
    </message>
    <message>
      <source>{methods} methods · {frames} · {time}</source>
      <translation>{methods} 种方法 · {frames} · {time}</translation>
    </message>
  </context>
  <context>
    <name>ComparePage</name>
    <message>
      <source>Comparison of methods</source>
      <translation>方法对比</translation>
    </message>
    <message>
      <source>Compare all</source>
      <translation>全部对比</translation>
    </message>
    <message>
      <source>Run all methods on the same faces</source>
      <translation>让所有方法处理相同的人脸</translation>
    </message>
    <message>
      <source>Compare none</source>
      <translation>取消对比</translation>
    </message>
    <message>
      <source>Run only the method that decides the names</source>
      <translation>只运行判定姓名的方法</translation>
    </message>
    <message>
      <source>Reset counts</source>
      <translation>清零统计</translation>
    </message>
    <message>
      <source>Start counting from zero</source>
      <translation>从零开始计数</translation>
    </message>
    <message>
      <source>Split view</source>
      <translation>分屏</translation>
    </message>
    <message>
      <source>Show the video twice, side by side, with the names of two methods (V)</source>
      <translation>把视频并排显示两份，各标注一种方法给出的姓名（V）</translation>
    </message>
    <message>
      <source>Copy</source>
      <translation>复制</translation>
    </message>
    <message>
      <source>Copy the table for a spreadsheet or a message (Ctrl+C)</source>
      <translation>复制表格，供电子表格或消息使用（Ctrl+C）</translation>
    </message>
    <message>
      <source>Compare at least two methods</source>
      <translation>请至少对比两种方法</translation>
    </message>
    <message>
      <source>Press C to run all of them on the same faces, or tick some in the list.</source>
      <translation>按 C 让所有方法处理相同的人脸，或在列表中勾选几种。</translation>
    </message>
    <message>
      <source>Copied the table in its current order.</source>
      <translation>已按当前顺序复制表格。</translation>
    </message>
    <message>
      <source>“Now” is about face #{id}.</source>
      <translation>“当前”指人脸 #{id}。</translation>
    </message>
    <message>
      <source>No face in view.</source>
      <translation>画面中没有人脸。</translation>
    </message>
    <message>
      <source>Click a face to see what each method says about it.</source>
      <translation>点击一张人脸，查看各方法对它的判断。</translation>
    </message>
  </context>
  <context>
    <name>CompareTable</name>
    <message>
      <source>Compared methods</source>
      <translation>参与对比的方法</translation>
    </message>
  </context>
  <context>
    <name>ConfusionModel</name>
    <message>
      <source>Pictures of {name}</source>
      <translation>{name} 的图片</translation>
    </message>
    <message>
      <source>Left Unknown: no score reached the threshold</source>
      <translation>仍为“未知”：没有得分达到阈值</translation>
    </message>
    <message>
      <source>Taken for {name}</source>
      <translation>被认成 {name}</translation>
    </message>
  </context>
  <context>
    <name>ConfusionView</name>
    <message>
      <source>Who was taken for whom</source>
      <translation>谁被认成了谁</translation>
    </message>
  </context>
  <context>
    <name>Consent</name>
    <message>
      <source>recognise this person in this computer's camera pictures and files</source>
      <translation>在这台电脑的摄像头画面和文件中认出此人</translation>
    </message>
    <message>
      <source>confirmed on screen by the person who enrolled them</source>
      <translation>由录入操作者在屏幕上确认</translation>
    </message>
  </context>
  <context>
    <name>ConsentBox</name>
    <message>
      <source>This person has agreed</source>
      <translation>本人已同意</translation>
    </message>
    <message>
      <source>Ask the person before you save their face</source>
      <translation>保存人脸之前，请先征得本人同意</translation>
    </message>
    <message>
      <source>What is stored?</source>
      <translation>会保存什么？</translation>
    </message>
    <message>
      <source>Purpose…</source>
      <translation>用途…</translation>
    </message>
    <message>
      <source>Read or change what the person agrees to, and who agreed</source>
      <translation>查看或修改本人同意的内容以及由谁同意</translation>
    </message>
    <message>
      <source>Face pictures and numbers computed from them are kept on this computer only.</source>
      <translation>人脸照片以及由其算出的数字只保存在这台电脑上。</translation>
    </message>
    <message>
      <source>Agreed when enrolled, on {day}; {end}.</source>
      <translation>录入时（{day}）已同意；{end}。</translation>
    </message>
  </context>
  <context>
    <name>ConsentRecords</name>
    <message>
      <source>Consent</source>
      <translation>同意记录</translation>
    </message>
    <message>
      <source>Given by: {who}</source>
      <translation>同意人：{who}</translation>
    </message>
    <message>
      <source>Wording {no}; {end}</source>
      <translation>文本版本 {no}；{end}</translation>
    </message>
  </context>
  <context>
    <name>ControlsPanel</name>
    <message>
      <source>Settings</source>
      <translation>设置</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>Strangers</source>
      <translation>陌生人</translation>
    </message>
    <message>
      <source>This room</source>
      <translation>当前环境</translation>
    </message>
    <message>
      <source>Models</source>
      <translation>模型</translation>
    </message>
  </context>
  <context>
    <name>CountCards</name>
    <message>
      <source>Counts</source>
      <translation>计数</translation>
    </message>
    <message>
      <source>Counts start with the first face</source>
      <translation>出现第一张人脸后开始计数</translation>
    </message>
  </context>
  <context>
    <name>CountdownDisc</name>
    <message>
      <source>Countdown</source>
      <translation>倒计时</translation>
    </message>
  </context>
  <context>
    <name>Demo</name>
    <message>
      <source>waiting for a face</source>
      <translation>等待人脸</translation>
    </message>
    <message>
      <source>recording</source>
      <translation>录制</translation>
    </message>
    <message>
      <source>saving</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>waiting for the name</source>
      <translation>等待姓名</translation>
    </message>
    <message>
      <source>reading pictures</source>
      <translation>读取图片</translation>
    </message>
    <message>
      <source>watching</source>
      <translation>观看</translation>
    </message>
    <message>
      <source>adapting all methods</source>
      <translation>适应所有方法</translation>
    </message>
    <message>
      <source>comparing</source>
      <translation>对比</translation>
    </message>
    <message>
      <source>correcting</source>
      <translation>更正</translation>
    </message>
    <message>
      <source>waiting for the correction</source>
      <translation>等待更正</translation>
    </message>
    <message>
      <source>undoing</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>walking through rooms</source>
      <translation>切换多种环境</translation>
    </message>
    <message>
      <source>waiting for the stranger</source>
      <translation>等待陌生人</translation>
    </message>
    <message>
      <source>naming the stranger</source>
      <translation>给陌生人命名</translation>
    </message>
    <message>
      <source>testing the methods</source>
      <translation>测试各方法</translation>
    </message>
    <message>
      <source>trying the methods in other rooms</source>
      <translation>在其他环境中测试各方法</translation>
    </message>
    <message>
      <source>done</source>
      <translation>完成</translation>
    </message>
  </context>
  <context>
    <name>DownloadBox</name>
    <message>
      <source>Download</source>
      <translation>下载</translation>
    </message>
    <message>
      <source>Not now</source>
      <translation>暂不</translation>
    </message>
    <message>
      <source>{title} is not on this computer. It comes from {host}; licence: {license}.</source>
      <translation>这台电脑上没有 {title}。下载自 {host}；许可证：{license}。</translation>
    </message>
    <message>
      <source>Download ({n} MB)…</source>
      <translation>下载（{n} MB）…</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
  </context>
  <context>
    <name>DropZones</name>
    <message>
      <source>Pictures, videos or a folder of one person</source>
      <translation>一个人的照片、视频或文件夹</translation>
    </message>
    <message>
      <source>Enrol somebody</source>
      <translation>录入此人</translation>
    </message>
    <message>
      <source>Show it here instead of the camera</source>
      <translation>显示它，代替摄像头画面</translation>
    </message>
    <message>
      <source>Play it</source>
      <translation>播放</translation>
    </message>
  </context>
  <context>
    <name>DueBanner</name>
    <message>
      <source>Retention periods</source>
      <translation>保留期限</translation>
    </message>
    <message>
      <source>Review…</source>
      <translation>查看…</translation>
    </message>
    <message>
      <source>See who, and keep or delete them</source>
      <translation>查看是谁，并选择保留或删除</translation>
    </message>
    <message>
      <source>Not now</source>
      <translation>暂不</translation>
    </message>
    <message>
      <source>Not now: ask again at the next start, or when somebody else is due</source>
      <translation>暂不处理：下次启动或又有人到期时会再次提醒</translation>
    </message>
    <message>
      <source>{who}: the agreed time is over; for {n} more it soon will be.</source>
      <translation>{who}：约定的期限已到；另有 {n} 人即将到期。</translation>
    </message>
    <message>
      <source>{who}: the agreed time is over.</source>
      <translation>{who}：约定的期限已到。</translation>
    </message>
    <message>
      <source>{who}: the agreed time ends soon; then deleted for good.</source>
      <translation>{who}：约定的期限即将到期，届时会被彻底删除。</translation>
    </message>
    <message>
      <source>{who}: the agreed time ends soon.</source>
      <translation>{who}：约定的期限即将到期。</translation>
    </message>
  </context>
  <context>
    <name>DueDialog</name>
    <message>
      <source>Retention periods</source>
      <translation>保留期限</translation>
    </message>
    <message>
      <source>These people agreed to be kept until a day that has come or is near. Ask them, then choose.</source>
      <translation>这些人同意保留到的日期已到或即将到来。请先询问本人再选择。</translation>
    </message>
    <message>
      <source>People whose period is over or ends soon</source>
      <translation>期限已到或即将到期的人</translation>
    </message>
    <message>
      <source>Keep for the same time again</source>
      <translation>再保留同样长的时间</translation>
    </message>
    <message>
      <source>From the end of the period, or from now if it is over</source>
      <translation>从期限结束时算起；已到期则从现在算起</translation>
    </message>
    <message>
      <source>Delete</source>
      <translation>删除</translation>
    </message>
    <message>
      <source>Delete them with all their shots; it can be undone for ten seconds</source>
      <translation>删除这些人及其所有样本；十秒内可以撤销</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Delete {n}</source>
      <translation>删除 {n} 人</translation>
    </message>
  </context>
  <context>
    <name>EmptyState</name>
    <message>
      <source>Resume</source>
      <translation>继续</translation>
    </message>
    <message>
      <source>Try again</source>
      <translation>重试</translation>
    </message>
    <message>
      <source>Choose a source…</source>
      <translation>选择来源…</translation>
    </message>
    <message>
      <source>Try the demo</source>
      <translation>试试演示</translation>
    </message>
    <message>
      <source>Take a lesson</source>
      <translation>开始课程</translation>
    </message>
    <message>
      <source>Copy details</source>
      <translation>复制详情</translation>
    </message>
    <message>
      <source>Open {source}</source>
      <translation>打开 {source}</translation>
    </message>
    <message>
      <source>Play again</source>
      <translation>重新播放</translation>
    </message>
    <message>
      <source>the source</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>Choose a camera, a video or a folder of pictures. The demo needs none of these.</source>
      <translation>请选择摄像头、视频或图片文件夹；演示则什么都不需要。</translation>
    </message>
    <message>
      <source>Who is there?</source>
      <translation>谁在镜头前？</translation>
    </message>
    <message>
      <source>Opening {source}…</source>
      <translation>正在打开 {source}…</translation>
    </message>
    <message>
      <source>Paused</source>
      <translation>已暂停</translation>
    </message>
    <message>
      <source>Press P to resume. You can still click faces.</source>
      <translation>按 P 继续。暂停时仍可点击人脸。</translation>
    </message>
    <message>
      <source>{source} has finished.</source>
      <translation>{source} 已播放完毕。</translation>
    </message>
    <message>
      <source>End of folder</source>
      <translation>文件夹已播放完</translation>
    </message>
    <message>
      <source>End of video</source>
      <translation>视频结束</translation>
    </message>
    <message>
      <source>Reconnecting. You do not need to do anything.</source>
      <translation>正在尝试恢复，无需任何操作。</translation>
    </message>
    <message>
      <source>Lost {source}</source>
      <translation>{source} 已断开</translation>
    </message>
    <message>
      <source>Cannot show {source}</source>
      <translation>无法显示 {source}</translation>
    </message>
  </context>
  <context>
    <name>EnrollPanel</name>
    <message>
      <source>Enrol</source>
      <translation>录入</translation>
    </message>
    <message>
      <source>Only files and folders on this computer can be used. Choose others.</source>
      <translation>只能使用这台电脑上的文件和文件夹，请重新选择。</translation>
    </message>
    <message>
      <source>Shots</source>
      <translation>样本</translation>
    </message>
    <message>
      <source>From files…</source>
      <translation>从文件…</translation>
    </message>
    <message>
      <source>Take shots from pictures and videos; you can also drop them here</source>
      <translation>从照片和视频中提取样本，也可以拖放到这里</translation>
    </message>
    <message>
      <source>Choose files…</source>
      <translation>选择文件…</translation>
    </message>
    <message>
      <source>Choose a folder…</source>
      <translation>选择文件夹…</translation>
    </message>
    <message>
      <source>After a click, count down three seconds before recording</source>
      <translation>点击后先倒数三秒再开始录制</translation>
    </message>
    <message>
      <source>Countdown</source>
      <translation>倒计时</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>Bring back the shots removed last</source>
      <translation>恢复最近移除的样本</translation>
    </message>
    <message>
      <source>Discard all shots (Esc)</source>
      <translation>放弃所有样本（Esc）</translation>
    </message>
    <message>
      <source>Discard all shots</source>
      <translation>放弃所有样本</translation>
    </message>
    <message>
      <source>Name and consent</source>
      <translation>姓名与同意</translation>
    </message>
    <message>
      <source>Pictures and videos</source>
      <translation>图片和视频</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>所有文件</translation>
    </message>
    <message>
      <source>Take shots from files</source>
      <translation>从文件提取样本</translation>
    </message>
    <message>
      <source>Take shots from a folder</source>
      <translation>从文件夹提取样本</translation>
    </message>
    <message>
      <source>{name} is saved and will be recognised from now on.</source>
      <translation>{name} 已保存，从现在起可以认出。</translation>
    </message>
    <message>
      <source>record shots or choose files</source>
      <translation>录制样本或选择文件</translation>
    </message>
    <message>
      <source>type a name</source>
      <translation>输入姓名</translation>
    </message>
    <message>
      <source>tick the consent</source>
      <translation>勾选同意</translation>
    </message>
    <message>
      <source>Shot, quality {percent} %</source>
      <translation>样本，质量 {percent} %</translation>
    </message>
    <message>
      <source>The picture is paused. Resume to record, or take shots from files.</source>
      <translation>画面已暂停。请继续播放以录制，或从文件提取样本。</translation>
    </message>
    <message>
      <source>There is no live picture. Choose a source in the settings, or take shots from files.</source>
      <translation>没有实时画面。请在设置中选择来源，或从文件提取样本。</translation>
    </message>
    <message>
      <source>Look at the camera and hold the button for two seconds.</source>
      <translation>看着摄像头，按住按钮两秒钟。</translation>
    </message>
    <message>
      <source>Click, look at the camera and turn your head a little.</source>
      <translation>点击后看着摄像头，稍微转动头部。</translation>
    </message>
    <message>
      <source>Ready to save. A few more shots from other angles make it more reliable.</source>
      <translation>可以保存了。再从其他角度录几个样本，识别会更可靠。</translation>
    </message>
    <message>
      <source>Enough shots. Now the name.</source>
      <translation>样本够了，现在填写姓名。</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>Add shots</source>
      <translation>添加样本</translation>
    </message>
    <message>
      <source>Saving…</source>
      <translation>正在保存…</translation>
    </message>
    <message>
      <source>Still to do: {what}.</source>
      <translation>还需要：{what}。</translation>
    </message>
    <message>
      <source>Ready to save.</source>
      <translation>可以保存了。</translation>
    </message>
    <message>
      <source>Save, and recognise this person from now on (Enter)</source>
      <translation>保存，从现在起认出此人（Enter）</translation>
    </message>
  </context>
  <context>
    <name>EnvironmentDial</name>
    <message>
      <source>Environment dial</source>
      <translation>环境旋钮</translation>
    </message>
    <message>
      <source>Strength</source>
      <translation>强度</translation>
    </message>
    <message>
      <source>Strength of the effect ([ weaker, ] stronger)</source>
      <translation>效果的强弱（[ 减弱，] 增强）</translation>
    </message>
    <message>
      <source>Surprise me</source>
      <translation>随机环境</translation>
    </message>
    <message>
      <source>One or two effects at random (X)</source>
      <translation>随机选一两种效果（X）</translation>
    </message>
    <message>
      <source>Back to normal</source>
      <translation>恢复原样</translation>
    </message>
    <message>
      <source>Show the picture as the camera gives it (0)</source>
      <translation>显示摄像头的原始画面（0）</translation>
    </message>
    <message>
      <source>&amp;Back to normal</source>
      <translation>恢复原样(&amp;B)</translation>
    </message>
    <message>
      <source>Next &amp;environment</source>
      <translation>下一种环境(&amp;E)</translation>
    </message>
    <message>
      <source>&amp;Previous environment</source>
      <translation>上一种环境(&amp;P)</translation>
    </message>
    <message>
      <source>&amp;Weaker</source>
      <translation>减弱(&amp;W)</translation>
    </message>
    <message>
      <source>&amp;Stronger</source>
      <translation>增强(&amp;S)</translation>
    </message>
    <message>
      <source>Surprise &amp;me</source>
      <translation>随机环境(&amp;M)</translation>
    </message>
    <message>
      <source>The camera sees: {setting}. Shots enrolled now are marked with it.</source>
      <translation>摄像头看到的是：{setting}。此时录入的样本会带上这一标记。</translation>
    </message>
    <message>
      <source>No effect: the picture is unchanged. Choose an effect.</source>
      <translation>无效果：画面保持原样。请选择一种效果。</translation>
    </message>
  </context>
  <context>
    <name>Environments</name>
    <message>
      <source>Mask</source>
      <translation>口罩</translation>
    </message>
    <message>
      <source>Side light</source>
      <translation>侧光</translation>
    </message>
    <message>
      <source>Backlight</source>
      <translation>逆光</translation>
    </message>
    <message>
      <source>Fog</source>
      <translation>雾</translation>
    </message>
    <message>
      <source>Out of focus</source>
      <translation>失焦</translation>
    </message>
    <message>
      <source>Black and white</source>
      <translation>黑白</translation>
    </message>
    <message>
      <source>Orange lamp</source>
      <translation>橙色灯光</translation>
    </message>
    <message>
      <source>Fading light</source>
      <translation>灯光渐暗</translation>
    </message>
    <message>
      <source>Old webcam</source>
      <translation>老摄像头</translation>
    </message>
    <message>
      <source>Far away</source>
      <translation>远处</translation>
    </message>
    <message>
      <source>A mask is drawn on every face that is found.</source>
      <translation>给检测到的每张人脸画上口罩。</translation>
    </message>
    <message>
      <source>One lamp on one side: half of each face is dark.</source>
      <translation>灯只在一侧：每张脸都有一半是暗的。</translation>
    </message>
    <message>
      <source>A bright window behind: faces are dark and veiled.</source>
      <translation>背后是明亮的窗户：脸又暗又朦胧。</translation>
    </message>
    <message>
      <source>A pale veil, bleeding light, low contrast.</source>
      <translation>一层白雾，光线弥散，对比度低。</translation>
    </message>
    <message>
      <source>The lens is out of focus.</source>
      <translation>镜头没有对准焦。</translation>
    </message>
    <message>
      <source>A monochrome camera with high contrast and grain.</source>
      <translation>黑白摄像头，对比度高，颗粒粗。</translation>
    </message>
    <message>
      <source>An orange lamp: hardly any blue is left.</source>
      <translation>橙色的灯：几乎没有蓝色。</translation>
    </message>
    <message>
      <source>Few photons: a dark picture full of sensor noise.</source>
      <translation>光子很少：画面很暗，满是传感器噪声。</translation>
    </message>
    <message>
      <source>Few pixels, colour noise, sharpened and compressed.</source>
      <translation>像素少，有彩色噪声，过度锐化并压缩。</translation>
    </message>
    <message>
      <source>Everybody is far away and small.</source>
      <translation>人人都在远处，很小。</translation>
    </message>
  </context>
  <context>
    <name>ErrorDialog</name>
    <message>
      <source>Something went wrong</source>
      <translation>出错了</translation>
    </message>
    <message>
      <source>Something went wrong inside MetaFace</source>
      <translation>MetaFace 内部出错</translation>
    </message>
    <message>
      <source>MetaFace keeps running, and what was saved is safe. If it happens again, send the details to whoever maintains MetaFace: they contain no names and no pictures.</source>
      <translation>MetaFace 会继续运行，已保存的内容不受影响。如果再次出现，请把详情发给 MetaFace 的维护者：其中没有任何人的姓名和照片。</translation>
    </message>
    <message>
      <source>Details</source>
      <translation>详情</translation>
    </message>
    <message>
      <source>Show details</source>
      <translation>显示详情</translation>
    </message>
    <message>
      <source>Copy details</source>
      <translation>复制详情</translation>
    </message>
    <message>
      <source>Open log folder</source>
      <translation>打开日志文件夹</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Copied</source>
      <translation>已复制</translation>
    </message>
  </context>
  <context>
    <name>ErrorReports</name>
    <message>
      <source>The details are copied. They contain no names and no pictures.</source>
      <translation>详情已复制，其中没有任何人的姓名和照片。</translation>
    </message>
    <message>
      <source>The log is in {folder}</source>
      <translation>日志位于 {folder}</translation>
    </message>
  </context>
  <context>
    <name>Errors</name>
    <message>
      <source>The demo was closed before it ended: there is no summary.</source>
      <translation>演示在结束前被关闭：没有总结。</translation>
    </message>
    <message>
      <source>Cannot write to {folder}: {reason}. Choose another with --out.</source>
      <translation>无法写入 {folder}：{reason}。请用 --out 另选位置。</translation>
    </message>
    <message>
      <source>“{text}” cannot be used for measuring. Give a video, a folder of pictures, or “demo”.</source>
      <translation>“{text}”不能用来测量。请给出视频、图片文件夹或“demo”。</translation>
    </message>
    <message>
      <source>There is no picture in “{text}”. Choose another file.</source>
      <translation>“{text}”中没有图片。请选择其他文件。</translation>
    </message>
    <message>
      <source>“{title}” is too short to measure. Give a video of at least a few seconds.</source>
      <translation>“{title}”太短，无法测量。请提供几秒以上的视频。</translation>
    </message>
    <message>
      <source>The engine did not start within {n} s. Try again; see the log for details.</source>
      <translation>引擎在 {n} 秒内未能启动。请重试；详情见日志。</translation>
    </message>
    <message>
      <source>The window's process ended before it was measured. Try “metaface demo”, which says why.</source>
      <translation>窗口进程在测量之前就结束了。请试试“metaface demo”，它会说明原因。</translation>
    </message>
    <message>
      <source>No picture of “{name}” could be read: nothing was saved.</source>
      <translation>“{name}”的图片都无法读取：未保存任何内容。</translation>
    </message>
    <message>
      <source>No usable shot of “{name}”: nothing was saved. {advice}</source>
      <translation>“{name}”没有可用的照片：未保存任何内容。{advice}</translation>
    </message>
    <message>
      <source>There is no gallery at {path}. Check the path, or enrol somebody first.</source>
      <translation>{path} 处没有人脸库。请检查路径，或先录入人员。</translation>
    </message>
    <message>
      <source>Nobody in the gallery is called “{name}”. “gallery list” shows who is there.</source>
      <translation>人脸库中没有叫“{name}”的人。用“gallery list”查看有谁。</translation>
    </message>
    <message>
      <source>Nothing was deleted. This command deletes everybody in {path} for good and cannot be undone: add --yes to confirm.</source>
      <translation>未删除任何内容。此命令将彻底删除 {path} 中的所有人，无法撤销：确认请加上 --yes。</translation>
    </message>
    <message>
      <source>Two of the folders are called “{name}”, but data sets are told apart by their folder's name. Give each folder only once, or rename one of the two.</source>
      <translation>有两个文件夹都叫“{name}”，而数据集以文件夹名称区分。每个文件夹只指定一次，或将其中一个改名。</translation>
    </message>
    <message>
      <source>There is no file {file}. Check the path, or run “metaface train {stage}”.</source>
      <translation>没有文件 {file}。请检查路径，或运行“metaface train {stage}”。</translation>
    </message>
    <message>
      <source>The two passphrases differ. Try again, and type the same one twice.</source>
      <translation>两次输入的口令不同。请重试，两次输入相同的口令。</translation>
    </message>
    <message>
      <source>The passphrase cannot be read from {file} ({reason}). Choose another file.</source>
      <translation>无法从 {file} 读取口令（{reason}）。请选择其他文件。</translation>
    </message>
    <message>
      <source>{source} is not a folder of videos, and a cluster processes nothing else. Leave out --cluster.</source>
      <translation>{source} 不是视频文件夹，而集群只处理视频文件夹。请去掉 --cluster。</translation>
    </message>
    <message>
      <source>Cluster workers write no files, so they cannot make annotated videos. Leave out --video.</source>
      <translation>集群的工作进程不写入任何文件，因此无法生成带标注的视频。请去掉 --video。</translation>
    </message>
    <message>
      <source>Annotated videos in {path} would be processed as input the next time. Choose a place outside {folder}.</source>
      <translation>放在 {path} 的标注视频下次会被当作输入处理。请选择 {folder} 以外的位置。</translation>
    </message>
    <message>
      <source>Standard output is closed, so the results cannot be printed. Add --jsonl FILE.</source>
      <translation>标准输出已关闭，结果无处可写。请加上 --jsonl FILE。</translation>
    </message>
    <message>
      <source>The trunk is tuned before a projection is trained. Leave out --projection.</source>
      <translation>主干网络的微调先于投影的训练。请去掉 --projection。</translation>
    </message>
    <message>
      <source>{path} belongs to an unfinished training run. Continue it with --resume, or delete the file.</source>
      <translation>{path} 属于一次未完成的训练。请用 --resume 继续，或删除它。</translation>
    </message>
    <message>
      <source>{count} people are too few for a cohort of strangers: each one would weigh too much. At least {needed} are needed. Choose a larger folder.</source>
      <translation>{count} 人不足以构成陌生人的背景人群：单个人的影响会过大。至少需要 {needed} 人。请选择更大的文件夹。</translation>
    </message>
    <message>
      <source>Trunk, projection and cohort are each trained in a single process. Run the command without torchrun.</source>
      <translation>主干、投影和背景人群都只用单个进程训练。请不要用 torchrun 运行此命令。</translation>
    </message>
    <message>
      <source>Rooms are measured against a cohort of strangers, which this embedder does not have yet. Run “metaface train cohort” first.</source>
      <translation>衡量环境需要陌生人的背景人群，而此特征提取器还没有。请先运行“metaface train cohort”。</translation>
    </message>
    <message>
      <source>The demo got stuck while {step}. Close other programs and try again.</source>
      <translation>演示卡在“{step}”。请关闭其他程序后重试。</translation>
    </message>
    <message>
      <source>The lesson got stuck. Close other programs and try again.</source>
      <translation>课程卡住了。请关闭其他程序后重试。</translation>
    </message>
    <message>
      <source>There is no display to open a window on. Run it in a desktop session, or try “metaface demo”, which needs none.</source>
      <translation>没有可以打开窗口的显示器。请在桌面会话中运行，或试试不需要显示器的“metaface demo”。</translation>
    </message>
    <message>
      <source>Qt has no platform named “{name}”. Unset QT_QPA_PLATFORM, or set it to one of: {names}.</source>
      <translation>Qt 没有名为“{name}”的平台。请取消设置 QT_QPA_PLATFORM，或设为以下之一：{names}。</translation>
    </message>
    <message>
      <source>Qt cannot load {plugin}: {reason}. Install PySide6 again, or update the system.</source>
      <translation>Qt 无法加载 {plugin}：{reason}。请重新安装 PySide6，或更新系统。</translation>
    </message>
    <message>
      <source>Qt needs system libraries that are missing: {libraries}. Install the packages that contain them; on Debian these are {packages}.</source>
      <translation>缺少 Qt 需要的系统库：{libraries}。请安装包含它们的软件包；在 Debian 上叫 {packages}。</translation>
    </message>
    <message>
      <source>Qt needs system libraries that are missing: {libraries}. Install them as root: {command}</source>
      <translation>缺少 Qt 需要的系统库：{libraries}。请以 root 身份安装：{command}</translation>
    </message>
    <message>
      <source>The display {display} does not respond. Check {variable} and whether this user may use the display; “metaface demo” works without one.</source>
      <translation>显示器 {display} 没有响应。请检查 {variable} 以及当前用户是否有权使用；没有显示器时可用“metaface demo”。</translation>
    </message>
    <message>
      <source>The cluster's workers cannot run MetaFace {version}: {reason}. Install it on all of them, with the same package versions.</source>
      <translation>集群的工作进程无法运行 MetaFace {version}：{reason}。请在所有工作节点上安装 MetaFace，并保证各软件包版本一致。</translation>
    </message>
    <message>
      <source>Several cluster workers in turn ended before they finished {path}. If memory ran out, start fewer workers per computer.</source>
      <translation>集群中先后有多个工作进程在处理完 {path} 之前终止。如果是内存不足，请在每台计算机上少启动几个工作进程。</translation>
    </message>
    <message>
      <source>The cluster's worker {worker} has a different kind of processor from this computer: the last digits of scores may differ.</source>
      <translation>集群工作进程 {worker} 的处理器型号与本机不同：得分的末位数字可能有差异。</translation>
    </message>
    <message>
      <source>The cluster at {address} no longer responds. Finished videos have their results; run the same command again to continue with the others.</source>
      <translation>集群 {address} 已无响应。已完成的视频结果均已保存；再次运行同一命令会继续处理其余视频。</translation>
    </message>
    <message>
      <source>The cluster at {address} has had no worker for {seconds:.0f} s. Start some: dask worker {address} --nthreads 1 --nworkers N</source>
      <translation>集群 {address} 已有 {seconds:.0f} 秒没有工作进程。请启动工作进程：dask worker {address} --nthreads 1 --nworkers N</translation>
    </message>
    <message>
      <source>A cluster needs Dask, which is not installed ({reason}). Install it with MetaFace's extra “cluster”: pip install 'metaface[cluster]', or in a checkout: uv sync --extra cluster</source>
      <translation>使用集群需要 Dask，但尚未安装（{reason}）。请通过 MetaFace 的可选依赖“cluster”安装：pip install 'metaface[cluster]'；在源码目录中则运行：uv sync --extra cluster</translation>
    </message>
    <message>
      <source>Dask has no certificates for {address}: {reason}. Specify their files, as the README shows under “Beyond one machine”.</source>
      <translation>Dask 没有用于 {address} 的证书：{reason}。请按 README 中“Beyond one machine”一节指定证书文件。</translation>
    </message>
    <message>
      <source>No Dask scheduler responds at {address} within {seconds:.0f} s: {reason}. Start one with “dask scheduler”, which prints its address.</source>
      <translation>{address} 上没有 Dask 调度器在 {seconds:.0f} 秒内响应：{reason}。请用“dask scheduler”启动调度器，它会显示自己的地址。</translation>
    </message>
    <message>
      <source>{address} is on another computer, and face templates are not sent there unencrypted. Start scheduler and workers with certificates (tls://), as the README shows under “Beyond one machine”.</source>
      <translation>{address} 位于另一台计算机，人脸模板不会在未加密的情况下发送到那里。请按 README 中“Beyond one machine”一节，使用证书（tls://）启动调度器和工作进程。</translation>
    </message>
    <message>
      <source>The cluster's worker {worker} cannot recognise: {reason}</source>
      <translation>集群工作进程 {worker} 无法进行识别：{reason}</translation>
    </message>
    <message>
      <source>it has {package} {theirs}, this computer {ours}, so results might differ. Install the same versions on all computers.</source>
      <translation>它的 {package} 版本为 {theirs}，本机为 {ours}，结果可能不一致。请在所有计算机上安装相同版本。</translation>
    </message>
    <message>
      <source>The cluster's worker {worker} does not see the same {path} as this computer. Workers read videos themselves: share the folder with all of them, under the same path.</source>
      <translation>集群工作进程 {worker} 看到的 {path} 与本机不同。工作进程会自行读取视频：请以相同路径向所有工作节点共享该文件夹。</translation>
    </message>
    <message>
      <source>{folder} contains results made with other people or other settings. Choose another folder, or add --again to replace them.</source>
      <translation>{folder} 中的结果是用其他人员或其他设置生成的。请选择其他文件夹，或加上 --again 替换它们。</translation>
    </message>
    <message>
      <source>{path} is an input file and would be overwritten. Choose another place.</source>
      <translation>{path} 是输入文件，不能被覆盖。请选择其他位置。</translation>
    </message>
    <message>
      <source>Two results would be written to {path}. Choose a different file for each.</source>
      <translation>{path} 被指定用于两项结果。请为每项结果分别选择文件。</translation>
    </message>
    <message>
      <source>{path} already exists and was not written by MetaFace. Choose another place, or add --force.</source>
      <translation>{path} 已存在，且并非由 MetaFace 生成。请选择其他位置，或加上 --force。</translation>
    </message>
    <message>
      <source>Cannot read the folder {path}: {reason}.</source>
      <translation>无法读取文件夹 {path}：{reason}。</translation>
    </message>
    <message>
      <source>The process working on {path} ended before it was done (exit code {code}). If memory ran out, try again with fewer processes.</source>
      <translation>处理 {path} 的进程提前结束（退出码 {code}）。如果内存不足，请减少进程数后重试。</translation>
    </message>
    <message>
      <source>“{title}” failed inside MetaFace. The log file has the details.</source>
      <translation>“{title}”在 MetaFace 内部失败。详情见日志文件。</translation>
    </message>
    <message>
      <source>Reading {title} failed unexpectedly. Open it again; see the log for details.</source>
      <translation>读取 {title} 时意外失败。请重新打开；详情见日志。</translation>
    </message>
    <message>
      <source>{title}: {count} more items were skipped. “metaface recognize” lists each one.</source>
      <translation>{title}：还有 {count} 项被略过。“metaface recognize” 会逐一列出。</translation>
    </message>
    <message>
      <source>The strangers sampled for “{embedder}” do not match its trunk and projection: a fixed threshold is used, and the share of strangers let through cannot be chosen. Use the trunk and projection that come with MetaFace; if you already do, install MetaFace again.</source>
      <translation>为“{embedder}”采样的陌生人与其主干和投影不匹配：改用固定阈值，无法选择允许误认的陌生人比例。请使用 MetaFace 自带的主干和投影；如果已在使用，请重新安装 MetaFace。</translation>
    </message>
    <message>
      <source>No strangers have been sampled for “{embedder}” yet: a fixed threshold is used, and the share of strangers let through cannot be chosen. To choose it, use the embedder “{default}”.</source>
      <translation>尚未为“{embedder}”采样陌生人：使用固定阈值，无法选择允许误认的陌生人比例。如需选择，请使用特征提取器“{default}”。</translation>
    </message>
    <message>
      <source>A frame was lost ({kind}). If this keeps happening, see the log file.</source>
      <translation>丢失了一帧（{kind}）。如果持续出现，请查看日志文件。</translation>
    </message>
    <message>
      <source>The graphics card's memory is full. MetaFace continues on the processor.</source>
      <translation>显卡内存已满。MetaFace 改用处理器继续运行。</translation>
    </message>
    <message>
      <source>The graphics card failed ({kind}). MetaFace continues on the processor; to use the card again, choose it as the device.</source>
      <translation>显卡出错（{kind}）。MetaFace 改用处理器继续运行；要重新使用显卡，请在设备中选择它。</translation>
    </message>
    <message>
      <source>There is no usable shot to save. Record some, or choose other pictures.</source>
      <translation>没有可以保存的样本。请录制一些，或选择其他图片。</translation>
    </message>
    <message>
      <source>“{name}” was not saved: the person must agree first.</source>
      <translation>“{name}”未保存：必须先征得本人同意。</translation>
    </message>
    <message>
      <source>{path} already exists and is not overwritten. Choose a new folder or file.</source>
      <translation>{path} 已存在，不会覆盖。请指定新的文件夹或文件。</translation>
    </message>
    <message>
      <source>People can be kept for 1 to {most} days, not {days}. Choose a number in that range, or set no limit.</source>
      <translation>人员可保留 1 到 {most} 天，不能是 {days} 天。请在此范围内选择，或不设期限。</translation>
    </message>
    <message>
      <source>People cannot be kept until {day}: choose a day from today on, within a hundred years.</source>
      <translation>不能保留到 {day}：请选择从今天起一百年内的某一天。</translation>
    </message>
    <message>
      <source>A shot could not be encoded. Record it again.</source>
      <translation>有一个样本无法编码。请重新录制。</translation>
    </message>
    <message>
      <source>A stored picture is damaged. Delete that person's shot and take it again.</source>
      <translation>有一张已保存的照片损坏。请删除此人的这个样本并重新拍摄。</translation>
    </message>
    <message>
      <source>That face has not been seen well enough to learn from. Have the person come closer and look at the camera, then try again.</source>
      <translation>那张人脸还没有看清，无法从中学习。请让本人靠近并看着摄像头，然后再试一次。</translation>
    </message>
    <message>
      <source>There is no picture to save yet. Open a camera or a file first.</source>
      <translation>还没有可以保存的画面。请先打开摄像头或文件。</translation>
    </message>
    <message>
      <source>Recording failed inside MetaFace. The log file has the details.</source>
      <translation>录制在 MetaFace 内部失败。详情见日志文件。</translation>
    </message>
    <message>
      <source>Only {free} MB are free in {folder}, but a recording needs {needed} MB. Free some space or choose another folder.</source>
      <translation>{folder} 只剩 {free} MB，录制需要 {needed} MB。请腾出空间或选择其他文件夹。</translation>
    </message>
    <message>
      <source>The recording ended because only {free} MB are free in {folder}. Free some space or choose another folder, then record again.</source>
      <translation>{folder} 只剩 {free} MB，录制已结束。请腾出空间或选择其他文件夹，然后重新录制。</translation>
    </message>
    <message>
      <source>The templates of this embedder are still being computed. Try again in a moment.</source>
      <translation>此特征提取器的特征模板仍在生成。请稍后再试。</translation>
    </message>
    <message>
      <source>The gallery changed while it was being tested. Test it again.</source>
      <translation>测试期间人脸库有变动。请重新测试。</translation>
    </message>
    <message>
      <source>The models are not loaded yet. Try again in a moment.</source>
      <translation>模型尚未加载。请稍后再试。</translation>
    </message>
    <message>
      <source>Cannot write {path}: {reason}. Choose another place.</source>
      <translation>无法写入 {path}：{reason}。请选择其他位置。</translation>
    </message>
    <message>
      <source>Cannot read {path}: {reason}. Check the name and the permissions.</source>
      <translation>无法读取 {path}：{reason}。请检查名称和权限。</translation>
    </message>
    <message>
      <source>There are no shots to learn the person from. Record or choose pictures first.</source>
      <translation>没有可供学习的样本。请先录制或选择照片。</translation>
    </message>
    <message>
      <source>{name} is in the gallery already. Add the shots to that person, or choose another name for this one.</source>
      <translation>{name} 已在人脸库中。请把样本添加给此人，或换一个姓名。</translation>
    </message>
    <message>
      <source>{name} cannot be merged with themselves. Choose two people.</source>
      <translation>{name} 不能与自己合并。请选择两个人。</translation>
    </message>
    <message>
      <source>{name} cannot be told apart from themselves. Choose two people.</source>
      <translation>不能把“{name}”和自己区分开。请选择两个人。</translation>
    </message>
    <message>
      <source>The gallery {path} was opened read-only. Close the window or command that is using it, then open it again.</source>
      <translation>人脸库 {path} 以只读方式打开。请关闭正在使用它的窗口或命令，然后重新打开。</translation>
    </message>
    <message>
      <source>The gallery {path} was moved, deleted or replaced while it was open, so nothing was changed. Put it back, or export the people to a new file while MetaFace is still running.</source>
      <translation>人脸库 {path} 在打开期间被移动、删除或替换，因此未做任何更改。请把它放回原处，或趁 MetaFace 仍在运行时把人员导出到新文件。</translation>
    </message>
    <message>
      <source>What was deleted is gone from the gallery, but traces stay in {path} while another window is reading it. Close that window; MetaFace then clears them by itself.</source>
      <translation>删除的内容已从人脸库中移除，但另一个窗口正在读取 {path}，其中仍留有痕迹。请关闭那个窗口，MetaFace 随后会自动清除。</translation>
    </message>
    <message>
      <source>What was deleted is gone from the gallery, but traces stay in {path}, as the disk is too full to rewrite it. Free some space; MetaFace then clears them by itself.</source>
      <translation>删除的内容已从人脸库中移除，但磁盘太满，无法重写 {path}，其中仍留有痕迹。请腾出空间，MetaFace 随后会自动清除。</translation>
    </message>
    <message>
      <source>There is no gallery {path}. Check the name, or enrol somebody first.</source>
      <translation>没有人脸库 {path}。请检查名称，或先录入人员。</translation>
    </message>
    <message>
      <source>{path} was written by an older MetaFace and must be converted before it can be read. Open it once where it can be written.</source>
      <translation>{path} 由旧版 MetaFace 写成，读取之前需要转换。请先在可写的位置打开它一次。</translation>
    </message>
    <message>
      <source>A file name cannot contain a NUL character. Type another name.</source>
      <translation>文件名不能包含 NUL 字符。请输入其他名称。</translation>
    </message>
    <message>
      <source>{path} is a folder, not a gallery. Give a file in it, e.g. {path}{separator}{example}.</source>
      <translation>{path} 是文件夹，不是人脸库。请指定其中的文件，例如 {path}{separator}{example}。</translation>
    </message>
    <message>
      <source>{path} was written by a newer MetaFace (gallery version {found}; this one knows up to {known}). Update MetaFace, or choose another gallery.</source>
      <translation>{path} 由更新版本的 MetaFace 写成（人脸库版本 {found}；本版最高支持 {known}）。请更新 MetaFace，或选择其他人脸库。</translation>
    </message>
    <message>
      <source>The gallery's encryption key cannot be stored: {file} cannot be written ({reason}). Free some space there, change its permissions, or set the variable {variable} to another folder.</source>
      <translation>无法保存人脸库的加密密钥：{file} 不能写入（{reason}）。请腾出空间、更改其权限，或将变量 {variable} 设为其他文件夹。</translation>
    </message>
    <message>
      <source>The gallery's key in {place} cannot be used ({reason}). Put back the original key, or import an export of the gallery.</source>
      <translation>{place} 中的人脸库密钥无法使用（{reason}）。请放回原来的密钥，或导入该人脸库的导出文件。</translation>
    </message>
    <message>
      <source>That can no longer be undone: something has changed since. Undo the later changes first.</source>
      <translation>此后又有改动，已无法撤销。请先撤销后来的改动。</translation>
    </message>
    <message>
      <source>The folder {folder} cannot be written to ({reason}). Choose a gallery in another folder, or open this one read-only.</source>
      <translation>无法写入文件夹 {folder}（{reason}）。请选择其他文件夹中的人脸库，或以只读方式打开。</translation>
    </message>
    <message>
      <source>The gallery {path} is in a place where files cannot be locked ({reason}). Move it to a local disk.</source>
      <translation>人脸库 {path} 所在位置无法锁定文件（{reason}）。请把它移到本地磁盘。</translation>
    </message>
    <message>
      <source>The gallery {path} is open in another window or command. Close that, or open this one read-only.</source>
      <translation>人脸库 {path} 已在另一个窗口或命令中打开。请关闭它，或以只读方式打开。</translation>
    </message>
    <message>
      <source>A name cannot contain control characters. Type it instead of pasting it.</source>
      <translation>姓名不能包含控制字符。请手动输入，不要粘贴。</translation>
    </message>
    <message>
      <source>The name is empty. Type a name.</source>
      <translation>姓名为空。请输入姓名。</translation>
    </message>
    <message>
      <source>The name is {length} characters long; at most {limit} are allowed. Type a shorter name.</source>
      <translation>姓名有 {length} 个字符，最多 {limit} 个。请输入较短的姓名。</translation>
    </message>
    <message>
      <source>That is not the passphrase of this file. Type the one that it was exported with.</source>
      <translation>口令与此文件不符。请输入导出时使用的口令。</translation>
    </message>
    <message>
      <source>A passphrase must have 1 to {limit} characters. Type another.</source>
      <translation>口令应有 1 到 {limit} 个字符。请重新输入。</translation>
    </message>
    <message>
      <source>There is not enough free memory to check the passphrase (128 MB). Close other programs and try again.</source>
      <translation>可用内存不足，无法处理口令（需要 128 MB）。请关闭其他程序后重试。</translation>
    </message>
    <message>
      <source>{path} is protected by a passphrase. Import it into a gallery, and give the passphrase (on the command line: --passphrase-file).</source>
      <translation>{path} 有口令保护。请把它导入人脸库并给出口令（命令行：--passphrase-file）。</translation>
    </message>
    <message>
      <source>The key that encrypts {path} was not found in: {places}. On the computer that the gallery comes from, export it with a passphrase and import that file here; or put the key back (id {key_id}).</source>
      <translation>找不到 {path} 的加密密钥，已查找：{places}。请在人脸库原来的电脑上用口令导出，再导入到这里；或放回密钥（编号 {key_id}）。</translation>
    </message>
    <message>
      <source>The key in {place} is not the one that encrypts {path} (id {key_id}). Put the right one back, or import an export of the gallery.</source>
      <translation>{place} 中的密钥不是加密 {path} 所用的（编号 {key_id}）。请放回正确的密钥，或导入该人脸库的导出文件。</translation>
    </message>
    <message>
      <source>That person is not in the gallery (any more). Choose another from the list.</source>
      <translation>此人不在（或已不在）人脸库中。请从列表中选择其他人。</translation>
    </message>
    <message>
      <source>That shot is not in the gallery (any more). Choose another from the list.</source>
      <translation>这个样本不在（或已不在）人脸库中。请从列表中选择其他样本。</translation>
    </message>
    <message>
      <source>{path} is not a MetaFace gallery, or its beginning is damaged. Choose another file, or a new name to start a new gallery.</source>
      <translation>{path} 不是 MetaFace 人脸库，或开头已损坏。请选择其他文件，或用新名称新建人脸库。</translation>
    </message>
    <message>
      <source>The gallery {path} is damaged ({reason}) and was left unchanged. Restore a backup, import an export, or choose another gallery.</source>
      <translation>人脸库 {path} 已损坏（{reason}），保持原样未动。请恢复备份、导入导出的文件，或选择其他人脸库。</translation>
    </message>
    <message>
      <source>The disk that holds {path} is full, so nothing was changed. Free some space and try again.</source>
      <translation>{path} 所在的磁盘已满，因此未做任何更改。请腾出空间后重试。</translation>
    </message>
    <message>
      <source>Another program is using {path}. Close it and try again.</source>
      <translation>另一个程序正在使用 {path}。请关闭它后重试。</translation>
    </message>
    <message>
      <source>{path} is read-only ({reason}). Change its permissions, or choose another gallery.</source>
      <translation>{path} 是只读的（{reason}）。请更改权限，或选择其他人脸库。</translation>
    </message>
    <message>
      <source>{path} cannot be opened, read or written ({reason}). Check that the disk is there and that you may use the folder, then try again.</source>
      <translation>无法打开、读取或写入 {path}（{reason}）。请检查磁盘是否存在、你是否有权使用该文件夹，然后重试。</translation>
    </message>
    <message>
      <source>There is no folder {folder}. Create it first, or choose another.</source>
      <translation>没有文件夹 {folder}。请先新建，或选择其他文件夹。</translation>
    </message>
    <message>
      <source>{path} is a gallery in use. Export to a new file.</source>
      <translation>{path} 是正在使用的人脸库。请导出到新文件。</translation>
    </message>
    <message>
      <source>There is no file {path}. Check the name, or export a gallery first.</source>
      <translation>没有文件 {path}。请检查名称，或先导出一个人脸库。</translation>
    </message>
    <message>
      <source>Qt cannot start: {reason}. Install PySide6 again, or update the system.</source>
      <translation>Qt 无法启动：{reason}。请重新安装 PySide6，或更新系统。</translation>
    </message>
    <message>
      <source>MetaFace had an internal error ({kind}). The log file has the details.</source>
      <translation>MetaFace 发生内部错误（{kind}）。详情见日志文件。</translation>
    </message>
    <message>
      <source>{path} is the checkpoint of a different training run. Give the same options as then, or delete the file.</source>
      <translation>{path} 是另一次训练的检查点。请使用与当时相同的选项，或删除它。</translation>
    </message>
    <message>
      <source>{path} is damaged or not a checkpoint. Delete it and start the training again.</source>
      <translation>{path} 已损坏或不是检查点。请删除它并重新开始训练。</translation>
    </message>
    <message>
      <source>The {size} processes cannot reach each other: {reason}. Start them all with torchrun.</source>
      <translation>{size} 个进程无法互相连接：{reason}。请用 torchrun 启动所有进程。</translation>
    </message>
    <message>
      <source>This machine has {gpus} GPUs. Start no more processes than that on it.</source>
      <translation>这台机器有 {gpus} 块 GPU。启动的进程数不要超过这个数目。</translation>
    </message>
    <message>
      <source>No face was found in any of the {count} pictures in {folder}. The first, {first}: {reason} Choose pictures with faces of 40 pixels or more.</source>
      <translation>{folder} 的 {count} 张图片中都检测不到人脸。第一张 {first}：{reason} 请选择人脸不小于 40 像素的图片。</translation>
    </message>
    <message>
      <source>Cannot read the folder {folder}: {reason}. Choose a folder with one folder of pictures per person.</source>
      <translation>无法读取文件夹 {folder}：{reason}。请选择其中每人有一个图片子文件夹的文件夹。</translation>
    </message>
    <message>
      <source>There are no people in {folder}. Put each person's pictures into a folder of their own there, named after the person.</source>
      <translation>{folder} 中没有人。请把每个人的照片放进各自的子文件夹，并以其姓名命名。</translation>
    </message>
    <message>
      <source>The disk of {folder} has too little space: {needed} GiB are needed. Free some, or choose a cache folder on another disk.</source>
      <translation>{folder} 所在的磁盘空间不足：需要 {needed} GiB。请腾出空间，或选择其他磁盘上的缓存文件夹。</translation>
    </message>
    <message>
      <source>The disk of {folder} is full. Free some space and run the command again: it continues where it stopped.</source>
      <translation>{folder} 所在的磁盘已满。请腾出空间后重新运行命令，它会从中断处继续。</translation>
    </message>
    <message>
      <source>Cannot keep intermediate results in {folder}: {reason}. Choose a cache folder that you can write to.</source>
      <translation>无法在 {folder} 保存中间结果：{reason}。请选择可写的缓存文件夹。</translation>
    </message>
    <message>
      <source>Only {eligible} of {people} people have more than {k_shot} pictures; an episode with {k_shot} shots needs at least two such people. Use fewer shots with --k-shot, or add pictures.</source>
      <translation>{people} 人中只有 {eligible} 人的图片多于 {k_shot} 张；{k_shot} 个样本的任务至少需要两个这样的人。请用 --k-shot 减少样本数，或添加图片。</translation>
    </message>
    <message>
      <source>Only {eligible} of {people} people have more than {k_shot} pictures; an episode with {k_shot} shots needs at least two such people. Use fewer shots with --k-shot, everybody with --split all, or add pictures.</source>
      <translation>{people} 人中只有 {eligible} 人的图片多于 {k_shot} 张；{k_shot} 个样本的任务至少需要两个这样的人。请用 --k-shot 减少样本数，用 --split all 使用所有人，或添加图片。</translation>
    </message>
    <message>
      <source>Nobody is enrolled yet. Record two shots of somebody.</source>
      <translation>还没有录入任何人。请为某人录制两个样本。</translation>
    </message>
    <message>
      <source>Everybody has only one shot, and a test needs one to learn from and one to test on. Record a second shot of {name}.</source>
      <translation>每个人都只有一个样本，而测试需要一个用来学习、一个用来检验。请为 {name} 再录制一个样本。</translation>
    </message>
    <message>
      <source>Interrupted after {step} of {steps} steps.</source>
      <translation>在第 {step} 步（共 {steps} 步）后中断。</translation>
    </message>
    <message>
      <source>{count} gradients of “{learner}” in a row were not finite, the last at step {step}. Choose a smaller --meta-lr.</source>
      <translation>到第 {step} 步为止，“{learner}”连续 {count} 个梯度不是有限值。请选择更小的 --meta-lr。</translation>
    </message>
    <message>
      <source>Of the people with a detected face, {train} are for training and {validation} for validation, but at least {min_train} and {min_validation} are needed. Give a folder with more people.</source>
      <translation>检测到人脸的人中，{train} 人用于训练，{validation} 人用于验证，但至少分别需要 {min_train} 人和 {min_validation} 人。请给出人数更多的文件夹。</translation>
    </message>
    <message>
      <source>The demo's portraits in {path} are missing or damaged. Install MetaFace again.</source>
      <translation>{path} 中的演示肖像缺失或损坏。请重新安装 MetaFace。</translation>
    </message>
    <message>
      <source>{path} is empty (0 bytes). Copy it again.</source>
      <translation>{path} 是空文件（0 字节）。请重新复制。</translation>
    </message>
    <message>
      <source>{path} is cut off: part of the picture is missing. Copy it again.</source>
      <translation>{path} 不完整：图片缺少一部分。请重新复制。</translation>
    </message>
    <message>
      <source>There is no picture in {path}. Choose a folder with JPEG, PNG or WebP files.</source>
      <translation>{path} 中没有图片。请选择含有 JPEG、PNG 或 WebP 的文件夹。</translation>
    </message>
    <message>
      <source>{path} contains several pictures: only the first is used. Open the file by itself to see all.</source>
      <translation>{path} 含有多张图片：只使用第一张。单独打开该文件可查看全部。</translation>
    </message>
    <message>
      <source>None of the {count} pictures in {path} can be read.</source>
      <translation>{path} 中的 {count} 张图片都无法读取。</translation>
    </message>
    <message>
      <source>{count} items in {path} are skipped, as they are not pictures: {names}</source>
      <translation>{path} 中有 {count} 项不是图片，已略过：{names}</translation>
    </message>
    <message>
      <source>{path} breaks off: only {read} of its pictures could be read. Copy or record it again.</source>
      <translation>{path} 中途中断：只读取到 {read} 张图片。请重新复制或录制。</translation>
    </message>
    <message>
      <source>{path} is not a picture that can be read. Choose a JPEG, PNG or WebP.</source>
      <translation>{path} 不是可以读取的图片。请选择 JPEG、PNG 或 WebP。</translation>
    </message>
    <message>
      <source>{path} has over {limit} million pixels. Make it smaller.</source>
      <translation>{path} 超过 {limit} 百万像素。请缩小它。</translation>
    </message>
    <message>
      <source>{path} is a pipe or a device, which cannot be read twice. Give a file or a camera's number.</source>
      <translation>{path} 是管道或设备，无法重复读取。请指定文件或摄像头编号。</translation>
    </message>
    <message>
      <source>There is nothing at “{text}”. Give a camera's number, a file, a folder, a URL, or “demo”.</source>
      <translation>“{text}”处没有任何内容。请给出摄像头编号、文件、文件夹、网址或“demo”。</translation>
    </message>
    <message>
      <source>“{scheme}://” cannot be played. Use one of: {schemes}.</source>
      <translation>无法播放“{scheme}://”。请使用以下之一：{schemes}。</translation>
    </message>
    <message>
      <source>No video arrives from {url}. Check the address, the password and the network.</source>
      <translation>{url} 没有视频。请检查地址、密码和网络。</translation>
    </message>
    <message>
      <source>The stream {url} broke off. Check the camera and the network.</source>
      <translation>视频流 {url} 已中断。请检查摄像头和网络。</translation>
    </message>
    <message>
      <source>There is no file {path}. Check the name.</source>
      <translation>没有文件 {path}。请检查名称。</translation>
    </message>
    <message>
      <source>{path} is empty (0 bytes). Copy or record it again.</source>
      <translation>{path} 是空文件（0 字节）。请重新复制或录制。</translation>
    </message>
    <message>
      <source>{path} is not a video that can be read. Choose an MP4, MOV, AVI or MKV.</source>
      <translation>{path} 不是可以读取的视频。请选择 MP4、MOV、AVI 或 MKV。</translation>
    </message>
    <message>
      <source>{path} contains sound or data but no video. Choose a video.</source>
      <translation>{path} 只含声音或数据，没有视频。请选择视频文件。</translation>
    </message>
    <message>
      <source>{path} is copy-protected and cannot be decoded. Choose a copy that is not.</source>
      <translation>{path} 有防复制保护，无法解码。请选择没有保护的副本。</translation>
    </message>
    <message>
      <source>No frame of {path} can be decoded. The file may be damaged.</source>
      <translation>{path} 的画面都无法解码。文件可能已损坏。</translation>
    </message>
    <message>
      <source>{path} breaks off: {read} of {count} frames could be read. Copy or record it again.</source>
      <translation>{path} 不完整：{count} 帧中只能读取 {read} 帧。请重新复制或录制。</translation>
    </message>
    <message>
      <source>{path} is damaged: {lost} frames could not be read, {read} could. Copy it again.</source>
      <translation>{path} 已损坏：{lost} 帧无法读取，{read} 帧可读。请重新复制。</translation>
    </message>
    <message>
      <source>{path} is damaged in {count} places, where frames are missing or look wrong.</source>
      <translation>{path} 有 {count} 处损坏：这些位置的帧缺失或画面有误。</translation>
    </message>
    <message>
      <source>{path} may be cut off: its frames end at {end:.1f} s, its header says {duration:.1f} s. Compare it with the original.</source>
      <translation>{path} 可能不完整：画面止于 {end:.1f} 秒，而文件头标明为 {duration:.1f} 秒。请与原文件比较。</translation>
    </message>
    <message>
      <source>{path} is intact but in a format ({codec}) that cannot be decoded here. Convert it, for example with: ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4</source>
      <translation>{path} 没有损坏，但其格式（{codec}）在此无法解码。请转换格式，例如：ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4</translation>
    </message>
    <message>
      <source>There is no camera {index}. Try 0.</source>
      <translation>没有摄像头 {index}。请试试 0。</translation>
    </message>
    <message>
      <source>{camera} was disconnected. Plug it in again; MetaFace continues by itself.</source>
      <translation>{camera} 已断开。请重新插上，MetaFace 会自动继续。</translation>
    </message>
    <message>
      <source>{camera} gives no picture. Close other programs that use it, or plug it in again; MetaFace continues by itself.</source>
      <translation>{camera} 没有画面。请关闭使用它的其他程序，或重新插上，MetaFace 会自动继续。</translation>
    </message>
    <message>
      <source>{camera} is frozen: the same picture for two seconds. Plug it in again; MetaFace continues by itself.</source>
      <translation>{camera} 卡住了：两秒钟画面没有变化。请重新插上，MetaFace 会自动继续。</translation>
    </message>
    <message>
      <source>{device} cannot be opened: another program is using it, or you lack permission. Close that program.</source>
      <translation>无法打开 {device}：它正被其他程序使用，或你没有权限。请关闭那个程序。</translation>
    </message>
    <message>
      <source>Camera {index} does not respond. Plug it in, allow access to it, or try the demo scene (“demo”).</source>
      <translation>摄像头 {index} 没有响应。请插上摄像头、允许访问，或试试演示场景（“demo”）。</translation>
    </message>
    <message>
      <source>There is no detector “{key}”. Choose one of: {keys}.</source>
      <translation>没有检测器“{key}”。请选择以下之一：{keys}。</translation>
    </message>
    <message>
      <source>There is no embedder “{key}”. Choose one of: {keys}.</source>
      <translation>没有特征提取器“{key}”。请选择以下之一：{keys}。</translation>
    </message>
    <message>
      <source>There is no device named “{name}”. Choose one of: {names}.</source>
      <translation>没有名为“{name}”的设备。请选择以下之一：{names}。</translation>
    </message>
    <message>
      <source>The device “{name}” was asked for, but PyTorch {version} finds none. Install its driver, or choose “auto” or “cpu”.</source>
      <translation>指定了设备“{name}”，但 PyTorch {version} 找不到它。请安装驱动程序，或选择“auto”或“cpu”。</translation>
    </message>
    <message>
      <source>{file} is damaged or contains a network other than InceptionResnetV1. Fetch or install it again.</source>
      <translation>{file} 已损坏，或不是 InceptionResnetV1 网络。请重新下载或安装。</translation>
    </message>
    <message>
      <source>{file} is not a readable ONNX file. Delete it and install or fetch it again.</source>
      <translation>{file} 不是可以读取的 ONNX 文件。请删除后重新安装或下载。</translation>
    </message>
    <message>
      <source>{file} was trained for the embedder “{trained}”, not for “{embedder}”. Run “metaface train projection” for the latter.</source>
      <translation>{file} 是为特征提取器“{trained}”训练的，不适用于“{embedder}”。请为后者运行“metaface train projection”。</translation>
    </message>
    <message>
      <source>{file} is damaged or contains no projection. Install MetaFace again.</source>
      <translation>{file} 已损坏或不含投影。请重新安装 MetaFace。</translation>
    </message>
    <message>
      <source>{file} contains a network other than SFace. Run “metaface weights verify”.</source>
      <translation>{file} 不是 SFace 网络。请运行“metaface weights verify”。</translation>
    </message>
    <message>
      <source>{file} was trained for the embedder “{trained}”, not for “{embedder}”. Run “metaface train trunk” for the latter.</source>
      <translation>{file} 是为特征提取器“{trained}”训练的，不适用于“{embedder}”。请为后者运行“metaface train trunk”。</translation>
    </message>
    <message>
      <source>{file} is damaged or contains no tuned trunk. Install MetaFace again.</source>
      <translation>{file} 已损坏或不含微调过的主干。请重新安装 MetaFace。</translation>
    </message>
    <message>
      <source>Cannot write {file}: {reason}. Choose another folder or free some space.</source>
      <translation>无法写入 {file}：{reason}。请选择其他文件夹或腾出空间。</translation>
    </message>
    <message>
      <source>{file} was trained by another version of MetaFace. Train it again with “metaface train {learner}”.</source>
      <translation>{file} 由其他版本的 MetaFace 训练。请用“metaface train {learner}”重新训练。</translation>
    </message>
    <message>
      <source>{file} contains no method's meta-parameters. Choose a file that “metaface train” wrote.</source>
      <translation>{file} 不含任何方法的元参数。请选择由“metaface train”写出的文件。</translation>
    </message>
    <message>
      <source>There is no file {file}. Check the path, or train it with “metaface train”.</source>
      <translation>没有文件 {file}。请检查路径，或用“metaface train”训练它。</translation>
    </message>
    <message>
      <source>{file} was written by another version of MetaFace. Update MetaFace, or train it again with “metaface train {learner}”.</source>
      <translation>{file} 由其他版本的 MetaFace 写成。请更新 MetaFace，或用“metaface train {learner}”重新训练。</translation>
    </message>
    <message>
      <source>{file} was trained for the method “{found}”, not “{wanted}”. Choose the former, or another file.</source>
      <translation>{file} 是为方法“{found}”训练的，不是“{wanted}”。请选择前者，或选择其他文件。</translation>
    </message>
    <message>
      <source>{file} was trained on features of “{found}”, not of “{wanted}”. Choose the former as the embedder, or train with “metaface train {learner}”.</source>
      <translation>{file} 是在“{found}”的特征上训练的，不是“{wanted}”。请选择前者作为特征提取器，或用“metaface train {learner}”训练。</translation>
    </message>
    <message>
      <source>{file} is damaged: no meta-trained parameters can be read from it. Install or train it again.</source>
      <translation>{file} 已损坏，读不出元训练参数。请重新安装或训练。</translation>
    </message>
    <message>
      <source>{file} contains no cohort of strangers. Install MetaFace again.</source>
      <translation>{file} 不含陌生人的背景人群。请重新安装 MetaFace。</translation>
    </message>
    <message>
      <source>{file} contains no statistics about rooms. Install MetaFace again.</source>
      <translation>{file} 不含环境的统计数据。请重新安装 MetaFace。</translation>
    </message>
    <message>
      <source>{path} cannot be written as a video. Choose a name that ends in .mp4.</source>
      <translation>{path} 不能写成视频。请选择以 .mp4 结尾的名称。</translation>
    </message>
    <message>
      <source>Writing the video {path} failed; perhaps the disk is full. Free some space or choose another place, then record again.</source>
      <translation>视频 {path} 无法继续写入，可能是磁盘已满。请腾出空间或选择其他位置，然后重新录制。</translation>
    </message>
    <message>
      <source>Cannot write the log {path}: {reason}. MetaFace works without it.</source>
      <translation>无法写入日志 {path}：{reason}。MetaFace 不写日志继续运行。</translation>
    </message>
    <message>
      <source>This user has no home folder. Set HOME or XDG_DATA_HOME to a folder.</source>
      <translation>该用户没有主目录。请将 HOME 或 XDG_DATA_HOME 设为一个文件夹。</translation>
    </message>
    <message>
      <source>This user has no home folder. Set HOME or XDG_CACHE_HOME to a folder.</source>
      <translation>该用户没有主目录。请将 HOME 或 XDG_CACHE_HOME 设为一个文件夹。</translation>
    </message>
    <message>
      <source>{host} sent a {file} that differs from the published one (size or checksum), so it was not kept. Try again; if it happens again, a proxy may be changing what you download.</source>
      <translation>{host} 发来的 {file} 与发布的不同（大小或校验和不符），因此没有保留。请重试；如果再次出现，可能是代理改动了下载内容。</translation>
    </message>
    <message>
      <source>Cannot write {file}: {reason}. Check the folder and the free space.</source>
      <translation>无法写入 {file}：{reason}。请检查文件夹和剩余空间。</translation>
    </message>
    <message>
      <source>Fetching {file} was stopped. Start it again and it continues where it stopped.</source>
      <translation>{file} 的下载已停止。重新开始时会从中断处继续。</translation>
    </message>
    <message>
      <source>{host} refused to send {file} (HTTP {status}). Try later, or get {url} another way and put the file into {folder}.</source>
      <translation>{host} 拒绝发送 {file}（HTTP {status}）。请稍后再试，或通过其他途径获取 {url}，把文件放入 {folder}。</translation>
    </message>
    <message>
      <source>Cannot reach {host} to fetch {file} ({megabytes} MB). Connect to the internet and try again, or download {url} on another computer and put the file into {folder}.</source>
      <translation>无法连接 {host} 下载 {file}（{megabytes} MB）。请联网后重试，或在其他电脑上下载 {url}，把文件放入 {folder}。</translation>
    </message>
    <message>
      <source>{file} needs {needed} MB but only {free} MB are free in {folder}. Free some space.</source>
      <translation>{file} 需要 {needed} MB，但 {folder} 只剩 {free} MB。请腾出空间。</translation>
    </message>
    <message>
      <source>There are no weights named “{name}”. Choose one of: {names}.</source>
      <translation>没有名为“{name}”的权重。请选择以下之一：{names}。</translation>
    </message>
    <message>
      <source>Cannot install {file}: {reason}. Check the path and the free space.</source>
      <translation>无法安装 {file}：{reason}。请检查路径和剩余空间。</translation>
    </message>
    <message>
      <source>Cannot read {file}: {reason}. Check that you may read the file.</source>
      <translation>无法读取 {file}：{reason}。请检查你是否有权读取该文件。</translation>
    </message>
    <message>
      <source>{file} is neither {published} nor a safetensors file of the same network. Choose another file, or run “metaface weights fetch {name}”.</source>
      <translation>{file} 既不是 {published}，也不是同一网络的 safetensors 文件。请选择其他文件，或运行“metaface weights fetch {name}”。</translation>
    </message>
    <message>
      <source>{file} is missing from {folder}. Install MetaFace again.</source>
      <translation>{folder} 中缺少 {file}。请重新安装 MetaFace。</translation>
    </message>
    <message>
      <source>The weights “{name}” are not on this computer yet. Run “metaface weights fetch {name}”.</source>
      <translation>权重“{name}”还不在这台电脑上。请运行“metaface weights fetch {name}”。</translation>
    </message>
    <message>
      <source>{file} is damaged or was changed: its checksum is not the published one. Install MetaFace again.</source>
      <translation>{file} 已损坏或被改动：校验和与发布的不符。请重新安装 MetaFace。</translation>
    </message>
    <message>
      <source>{file} is damaged or was changed: its checksum is not the expected one. Delete it and run “metaface weights fetch {name}”.</source>
      <translation>{file} 已损坏或被改动：校验和与预期不符。请删除它并运行“metaface weights fetch {name}”。</translation>
    </message>
    <message>
      <source>The list of weights {file} is missing or damaged. Install MetaFace again.</source>
      <translation>权重清单 {file} 缺失或损坏。请重新安装 MetaFace。</translation>
    </message>
  </context>
  <context>
    <name>FaceInput</name>
    <message>
      <source>{name}. Press Enter to say who this is.</source>
      <translation>{name}。按 Enter 指出这是谁。</translation>
    </message>
    <message>
      <source>Faces: {names}</source>
      <translation>人脸：{names}</translation>
    </message>
    <message>
      <source>No face</source>
      <translation>没有人脸</translation>
    </message>
    <message>
      <source>Click to correct the name</source>
      <translation>点击以更正姓名</translation>
    </message>
    <message>
      <source>Who is this? Click to give the face a name</source>
      <translation>这是谁？点击给这张脸命名</translation>
    </message>
    <message>
      <source>Score {score}</source>
      <translation>得分 {score}</translation>
    </message>
  </context>
  <context>
    <name>ForgetDialog</name>
    <message>
      <source>Forget everything</source>
      <translation>清除全部数据</translation>
    </message>
    <message>
      <source>Forget everything, for good?</source>
      <translation>彻底清除全部数据？</translation>
    </message>
    <message>
      <source>This deletes all {n} people in this gallery, with their {shots} shots, “not this person” faces, consents and templates; the copies beside the gallery, its key, the undo history, and the unknown faces of the last few minutes. The gallery stays open, empty.</source>
      <translation>此操作将删除人脸库中的全部 {n} 人，包括他们的 {shots} 个样本、“不是此人”的人脸、同意记录和特征模板；同时删除人脸库旁的副本、密钥、撤销记录，以及最近几分钟的未知人脸。人脸库保持打开，但为空。</translation>
    </message>
    <message>
      <source>Exports, reports and recordings stay; delete them yourself if you need to. Recordings are in {where}</source>
      <translation>导出文件、报告和录像不会删除；如有需要请自行删除。录像位于 {where}</translation>
    </message>
    <message>
      <source>Number of people</source>
      <translation>人数</translation>
    </message>
    <message>
      <source>To confirm, type the number of people, {n}:</source>
      <translation>请输入人数 {n} 以确认：</translation>
    </message>
    <message>
      <source>Forget everything for good</source>
      <translation>彻底清除全部数据</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>This cannot be undone.</source>
      <translation>此操作无法撤销。</translation>
    </message>
  </context>
  <context>
    <name>FpirSlider</name>
    <message>
      <source>Strangers who may be taken for somebody</source>
      <translation>允许被误认的陌生人</translation>
    </message>
    <message>
      <source>Left: strangers stay Unknown, and sometimes friends too. Right: friends are recognised more often.</source>
      <translation>向左：陌生人保持“未知”，有时熟人也会如此。向右：更容易认出熟人。</translation>
    </message>
    <message>
      <source>strict</source>
      <translation>严格</translation>
    </message>
    <message>
      <source>lenient</source>
      <translation>宽松</translation>
    </message>
    <message>
      <source>1 in {n} strangers may be taken for somebody ({percent} %).</source>
      <translation>每 {n} 个陌生人中可能有 1 个被误认（{percent} %）。</translation>
    </message>
  </context>
  <context>
    <name>Guidance</name>
    <message>
      <source>No face in view - step in front of the camera</source>
      <translation>画面中没有人脸，请走到摄像头前</translation>
    </message>
    <message>
      <source>Several faces - only one person, please</source>
      <translation>有多张人脸，请只留一个人</translation>
    </message>
    <message>
      <source>Come closer</source>
      <translation>请靠近一些</translation>
    </message>
    <message>
      <source>Too dark - turn to the light</source>
      <translation>太暗，请转向光源</translation>
    </message>
    <message>
      <source>Too bright - turn away from the light</source>
      <translation>太亮，请背向光源</translation>
    </message>
    <message>
      <source>Blurred - hold still for a moment</source>
      <translation>画面模糊，请保持不动</translation>
    </message>
    <message>
      <source>Look towards the camera</source>
      <translation>请看着摄像头</translation>
    </message>
    <message>
      <source>Move into the middle of the picture</source>
      <translation>请移到画面中央</translation>
    </message>
    <message>
      <source>Upside down - turn the camera</source>
      <translation>画面颠倒，请转正摄像头</translation>
    </message>
    <message>
      <source>Good - now turn your head a little</source>
      <translation>很好，请稍微转一下头</translation>
    </message>
    <message>
      <source>Good - now turn a little to your left</source>
      <translation>很好，请稍微向左转</translation>
    </message>
    <message>
      <source>Good - now turn a little to your right</source>
      <translation>很好，请稍微向右转</translation>
    </message>
    <message>
      <source>Good - now look up a little</source>
      <translation>很好，请稍微抬头</translation>
    </message>
    <message>
      <source>Good - now look down a little</source>
      <translation>很好，请稍微低头</translation>
    </message>
    <message>
      <source>Good - all sides</source>
      <translation>很好，各个角度都有了</translation>
    </message>
  </context>
  <context>
    <name>GuidanceBanner</name>
    <message>
      <source>Recording</source>
      <translation>正在录制</translation>
    </message>
  </context>
  <context>
    <name>HeatLegend</name>
    <message>
      <source>matters more</source>
      <translation>影响较大</translation>
    </message>
    <message>
      <source>matters less</source>
      <translation>影响较小</translation>
    </message>
  </context>
  <context>
    <name>HeatPicture</name>
    <message>
      <source>The analysed face</source>
      <translation>所分析的人脸</translation>
    </message>
  </context>
  <context>
    <name>HelpController</name>
    <message>
      <source>Choose a source</source>
      <translation>选择来源</translation>
    </message>
    <message>
      <source>A camera, a video, a folder of pictures, or the demo, which needs none of these. Faces get boxes and names here. Click a face to say who it is, or to correct a name.</source>
      <translation>摄像头、视频、图片文件夹，或什么都不需要的演示。人脸会在这里加上方框和姓名。点击人脸可以指出这是谁，或更正姓名。</translation>
    </message>
    <message>
      <source>Enrol somebody</source>
      <translation>录入一个人</translation>
    </message>
    <message>
      <source>Press E, hold the button for two seconds while the person turns the head a little, and type the name. From then on this person is recognised; everybody else stays Unknown. Pictures and names stay on this computer.</source>
      <translation>按 E，按住按钮两秒钟，同时让此人稍微转头，然后输入姓名。从此就能认出此人，其他人仍为“未知”。照片和姓名只保存在这台电脑上。</translation>
    </message>
    <message>
      <source>Several ways to learn</source>
      <translation>多种学习方法</translation>
    </message>
    <message>
      <source>Choose here, or with the keys 1 to 9, which method decides. The studio (Ctrl+J) below the video shows how it works: compare methods on the same faces, and see why a face got its name. F11 presents it to an audience, Ctrl+F11 on a second screen.</source>
      <translation>在这里或用 1 到 9 键选择由哪种方法判定。视频下方的工作台（Ctrl+J）展示它如何工作：在相同的人脸上对比各方法，查看一张脸为什么得到这个姓名。F11 为观众演示，Ctrl+F11 在第二块屏幕上演示。</translation>
    </message>
  </context>
  <context>
    <name>Hud</name>
    <message>
      <source>Speed of the engine</source>
      <translation>引擎速度</translation>
    </message>
    <message>
      <source>{dropped}, {failed} failed</source>
      <translation>{dropped}，{failed} 帧失败</translation>
    </message>
    <message>
      <source>Preview</source>
      <translation>预览</translation>
    </message>
    <message>
      <source>Recognition</source>
      <translation>识别</translation>
    </message>
    <message>
      <source>Latency</source>
      <translation>延迟</translation>
    </message>
    <message>
      <source>Dropped</source>
      <translation>丢帧</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>设备</translation>
    </message>
  </context>
  <context>
    <name>HyperparameterForm</name>
    <message>
      <source>Reset all</source>
      <translation>全部重置</translation>
    </message>
    <message>
      <source>Reset every setting of this method to its default</source>
      <translation>把此方法的所有设置恢复为默认值</translation>
    </message>
    <message>
      <source>{method} has no settings.</source>
      <translation>{method}没有可调的设置。</translation>
    </message>
  </context>
  <context>
    <name>Jobs</name>
    <message>
      <source>Evaluating</source>
      <translation>正在评估</translation>
    </message>
    <message>
      <source>Adapting</source>
      <translation>正在适应</translation>
    </message>
    <message>
      <source>Saving</source>
      <translation>正在保存</translation>
    </message>
    <message>
      <source>Loading models</source>
      <translation>正在加载模型</translation>
    </message>
    <message>
      <source>Computing templates</source>
      <translation>正在生成特征模板</translation>
    </message>
    <message>
      <source>Downloading weights</source>
      <translation>正在下载权重</translation>
    </message>
    <message>
      <source>Opening</source>
      <translation>正在打开</translation>
    </message>
    <message>
      <source>Closing</source>
      <translation>正在关闭</translation>
    </message>
    <message>
      <source>Reading pictures</source>
      <translation>正在读取图片</translation>
    </message>
    <message>
      <source>Comparing people</source>
      <translation>正在比较人员</translation>
    </message>
    <message>
      <source>Assessing a shot</source>
      <translation>正在评估样本</translation>
    </message>
    <message>
      <source>Reading shots</source>
      <translation>正在读取样本</translation>
    </message>
    <message>
      <source>Exporting</source>
      <translation>正在导出</translation>
    </message>
    <message>
      <source>Importing</source>
      <translation>正在导入</translation>
    </message>
    <message>
      <source>Changing the gallery</source>
      <translation>正在更改人脸库</translation>
    </message>
    <message>
      <source>Deleting</source>
      <translation>正在删除</translation>
    </message>
    <message>
      <source>Writing a report</source>
      <translation>正在写报告</translation>
    </message>
    <message>
      <source>Forgetting everything</source>
      <translation>正在清除全部数据</translation>
    </message>
    <message>
      <source>Reading</source>
      <translation>正在读取</translation>
    </message>
    <message>
      <source>Testing the methods</source>
      <translation>正在测试各方法</translation>
    </message>
    <message>
      <source>Trying the methods in other rooms</source>
      <translation>正在其他环境中测试各方法</translation>
    </message>
    <message>
      <source>Explaining</source>
      <translation>正在分析原因</translation>
    </message>
  </context>
  <context>
    <name>JobsBar</name>
    <message>
      <source>{n} waiting</source>
      <translation>{n} 项等待中</translation>
    </message>
    <message>
      <source>Stop: {title}</source>
      <translation>停止：{title}</translation>
    </message>
  </context>
  <context>
    <name>KeepingLine</name>
    <message>
      <source>Consent…</source>
      <translation>同意…</translation>
    </message>
    <message>
      <source>What this person agreed to</source>
      <translation>此人同意的内容</translation>
    </message>
  </context>
  <context>
    <name>KnownPassphraseDialog</name>
    <message>
      <source>The file has a passphrase</source>
      <translation>文件有口令保护</translation>
    </message>
    <message>
      <source>Type the passphrase that these people were exported with.</source>
      <translation>请输入导出这些人员时使用的口令。</translation>
    </message>
    <message>
      <source>Import</source>
      <translation>导入</translation>
    </message>
  </context>
  <context>
    <name>LearnerLegend</name>
    <message>
      <source>Legend</source>
      <translation>图例</translation>
    </message>
  </context>
  <context>
    <name>Learners</name>
    <message>
      <source>MAML</source>
      <translation>模型无关元学习（MAML）</translation>
    </message>
    <message>
      <source>Fine-tunes a classifier on the enrolled shots, from a start that makes a few steps enough.</source>
      <translation>从一个好的起点出发，在录入的样本上微调几步即成分类器。</translation>
    </message>
    <message>
      <source>Matching network</source>
      <translation>匹配网络（Matching）</translation>
    </message>
    <message>
      <source>Compares a face with every single shot; the more similar a shot, the more attention it gets.</source>
      <translation>把人脸与每个样本逐一比较；样本越相似，得到的注意力越多。</translation>
    </message>
    <message>
      <source>Meta network</source>
      <translation>元网络（Meta Network）</translation>
    </message>
    <message>
      <source>One network looks at all shots and generates the weights of a second one, which names the faces.</source>
      <translation>一个网络看过所有样本后，生成另一个网络的权重，由后者认人。</translation>
    </message>
    <message>
      <source>Learned optimizer</source>
      <translation>元优化器（Learned Optimizer）</translation>
    </message>
    <message>
      <source>Fine-tunes as MAML does, but a small trained network decides the length and direction of each step.</source>
      <translation>像 MAML 一样微调，但每一步走多远、往哪走由一个训练好的小网络决定。</translation>
    </message>
    <message>
      <source>Prototypical network</source>
      <translation>原型网络（Prototypical）</translation>
    </message>
    <message>
      <source>Averages each person's shots into one prototype; a face is assigned to the nearest prototype.</source>
      <translation>把每个人的样本平均成一个原型；人脸归于最近的原型。</translation>
    </message>
    <message>
      <source>Stock embeddings, nearest prototype</source>
      <translation>原始嵌入，最近原型（Stock）</translation>
    </message>
    <message>
      <source>The baseline: the nearest mean of a person's shots, with no meta-training of its own.</source>
      <translation>基线：取样本均值最近的人，自身没有任何元训练。</translation>
    </message>
    <message>
      <source>Reptile</source>
      <translation>Reptile</translation>
    </message>
    <message>
      <source>Fine-tunes as MAML does, from a start found more simply: by moving towards where fine-tuning ended.</source>
      <translation>像 MAML 一样微调，但起点的求法更简单：不断向微调结束的位置移动。</translation>
    </message>
    <message>
      <source>Auto (RL²)</source>
      <translation>自动 · 强化学习（RL²）</translation>
    </message>
    <message>
      <source>Tries several methods on the enrolled shots, picks each by how the last ones did, and keeps the best.</source>
      <translation>在录入的样本上试用多种方法，根据前几次的效果选择下一种，留下最好的。</translation>
    </message>
    <message>
      <source>Siamese network</source>
      <translation>孪生网络（Siamese）</translation>
    </message>
    <message>
      <source>Asks for every shot: is this the same person? Then pools the answers for each person.</source>
      <translation>对每个样本问：是同一个人吗？再按人汇总答案。</translation>
    </message>
    <message>
      <source>Task clusters</source>
      <translation>任务聚类（Task Clusters）</translation>
    </message>
    <message>
      <source>Recognises the kind of gallery, starts from what was learned for that kind, then averages the shots.</source>
      <translation>判断人脸库属于哪一类，从为这类库学到的起点出发，再平均样本。</translation>
    </message>
  </context>
  <context>
    <name>LessonPanel</name>
    <message>
      <source>Restart</source>
      <translation>重新开始</translation>
    </message>
    <message>
      <source>Begin this lesson again</source>
      <translation>从头重上这一课</translation>
    </message>
    <message>
      <source>Back</source>
      <translation>上一步</translation>
    </message>
    <message>
      <source>End the lesson</source>
      <translation>结束课程</translation>
    </message>
    <message>
      <source>End the lesson; it is in the Help menu</source>
      <translation>结束课程；在“帮助”菜单中可再次打开</translation>
    </message>
    <message>
      <source>Lesson {number}: {title}</source>
      <translation>第 {number} 课：{title}</translation>
    </message>
    <message>
      <source>{number} of {count}</source>
      <translation>第 {number} 步，共 {count} 步</translation>
    </message>
    <message>
      <source>Watch: {what}</source>
      <translation>注意看：{what}</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>Next</source>
      <translation>下一步</translation>
    </message>
    <message>
      <source>done</source>
      <translation>已完成</translation>
    </message>
    <message>
      <source>to do</source>
      <translation>待完成</translation>
    </message>
  </context>
  <context>
    <name>Lessons</name>
    <message>
      <source>What a prototype is</source>
      <translation>什么是原型</translation>
    </message>
    <message>
      <source>A picture of a face becomes a row of numbers; similar faces lie close together.</source>
      <translation>一张人脸照片变成一行数字；相似的人脸彼此靠近。</translation>
    </message>
    <message>
      <source>Open a camera or the demo scene, and enrol somebody (E).</source>
      <translation>打开摄像头或演示场景，录入一个人（E）。</translation>
    </message>
    <message>
      <source>the name, at the very next look: no training was needed</source>
      <translation>下一次识别时姓名就会出现：无需任何训练</translation>
    </message>
    <message>
      <source>The prototype of a person is the mean of their shots. A face is assigned to the nearest.</source>
      <translation>一个人的原型就是其样本的均值。人脸归于最近的原型。</translation>
    </message>
    <message>
      <source>Let Prototypical networks decide (key 1).</source>
      <translation>让原型网络来判定（1 键）。</translation>
    </message>
    <message>
      <source>the line under the methods: which method decides now, and whose idea it was</source>
      <translation>方法栏下面的一行：现在由哪种方法判定，出自谁的论文</translation>
    </message>
    <message>
      <source>The map projects that space onto a plane: shots, prototypes, and who is on screen now.</source>
      <translation>分布图把这个空间投影到平面上：样本、原型，以及现在画面中的人。</translation>
    </message>
    <message>
      <source>Open the map (Alt+3).</source>
      <translation>打开分布图（Alt+3）。</translation>
    </message>
    <message>
      <source>how the face on screen stays near its own prototype while it moves</source>
      <translation>画面中的人脸在移动时始终靠近自己的原型</translation>
    </message>
    <message>
      <source>Another shot moves the mean; another person adds a prototype.</source>
      <translation>多一个样本，均值就移动；多一个人，就多一个原型。</translation>
    </message>
    <message>
      <source>Enrol somebody else, or add shots of the same person (E).</source>
      <translation>再录入另一个人，或为同一个人添加样本（E）。</translation>
    </message>
    <message>
      <source>the map, redrawn in a moment: that was all the learning</source>
      <translation>分布图瞬间重画：学习就此完成</translation>
    </message>
    <message>
      <source>The nearest is not always near enough: below a threshold, the face is Unknown.</source>
      <translation>最近的未必够近：低于阈值，这张脸就是“未知”。</translation>
    </message>
    <message>
      <source>Open Why (Alt+4) and click a face.</source>
      <translation>打开“原因”（Alt+4），点击一张人脸。</translation>
    </message>
    <message>
      <source>each person’s score, and the threshold that it has to reach</source>
      <translation>每个人的得分，以及它必须达到的阈值</translation>
    </message>
    <message>
      <source>MAML in five steps</source>
      <translation>五步学会 MAML</translation>
    </message>
    <message>
      <source>MAML learns where to begin: weights from which a few steps are enough for new people.</source>
      <translation>MAML 学的是起点：从这组权重出发，几步就能认识新的人。</translation>
    </message>
    <message>
      <source>With somebody enrolled, let MAML decide (key 4).</source>
      <translation>录入至少一个人后，让 MAML 来判定（4 键）。</translation>
    </message>
    <message>
      <source>the names: they stay, though another method decides</source>
      <translation>姓名：换了方法判定，姓名不变</translation>
    </message>
    <message>
      <source>Each step is gradient descent on the loss of the enrolled shots: the inner loop.</source>
      <translation>每一步都是对已录入样本的损失做梯度下降：这就是内循环。</translation>
    </message>
    <message>
      <source>Open Method (Alt+1).</source>
      <translation>打开“方法”（Alt+1）。</translation>
    </message>
    <message>
      <source>the loss falling from step to step</source>
      <translation>损失逐步下降</translation>
    </message>
    <message>
      <source>The number of steps is a setting; the start was trained for a few.</source>
      <translation>步数是一项设置；这个起点是为走几步而训练的。</translation>
    </message>
    <message>
      <source>Unfold the settings and take a single step.</source>
      <translation>展开设置，只走一步。</translation>
    </message>
    <message>
      <source>a short curve, and left-out shots named right before and after</source>
      <translation>变短的曲线，以及留出样本在前后被认对的比例</translation>
    </message>
    <message>
      <source>More steps fit the shots better. Whether they fit the next picture better is another matter.</source>
      <translation>步数越多越贴合样本，但是否更贴合下一张画面，则是另一回事。</translation>
    </message>
    <message>
      <source>Reset the settings.</source>
      <translation>重置设置。</translation>
    </message>
    <message>
      <source>how little time adapting takes, each time you change something</source>
      <translation>每次改动之后，重新适应所需的时间有多短</translation>
    </message>
    <message>
      <source>Were the steps worth it? The plain mean is hard to beat.</source>
      <translation>这几步值得吗？简单的均值很难超越。</translation>
    </message>
    <message>
      <source>Compare Prototypical networks (Shift+1), and open Compare (Alt+2).</source>
      <translation>把原型网络加入对比（Shift+1），再打开“对比”（Alt+2）。</translation>
    </message>
    <message>
      <source>faces on which the two disagree</source>
      <translation>两种方法判定不同的人脸</translation>
    </message>
    <message>
      <source>Why strangers are hard</source>
      <translation>为什么陌生人难办</translation>
    </message>
    <message>
      <source>Every stranger has a nearest enrolled person, too.</source>
      <translation>每个陌生人也都有一个离得最近的已录入者。</translation>
    </message>
    <message>
      <source>Show somebody who is not enrolled; a stranger comes by in the demo scene.</source>
      <translation>让一个未录入的人进入画面；演示场景中会有一位路过。</translation>
    </message>
    <message>
      <source>Unknown, and the margin beside it: below 0 the nearest is not near enough</source>
      <translation>“未知”和旁边的余量：低于 0，说明最近的也不够近</translation>
    </message>
    <message>
      <source>You choose what share of strangers may be taken for somebody; the threshold follows.</source>
      <translation>由你决定允许误认多大比例的陌生人；阈值随之而定。</translation>
    </message>
    <message>
      <source>In Controls (Ctrl+4), let 10 of 100 strangers through.</source>
      <translation>在“控制”（Ctrl+4）中，允许 100 个陌生人中有 10 个被误认。</translation>
    </message>
    <message>
      <source>all margins rising: more friends are recognised, and perhaps a stranger gets a name</source>
      <translation>所有余量上升：认出更多熟人，也许陌生人也会得到姓名</translation>
    </message>
    <message>
      <source>Let fewer through, and friends who are hard to see become Unknown.</source>
      <translation>误认得越少，看不清的熟人就越容易变成“未知”。</translation>
    </message>
    <message>
      <source>Let only 1 of 1000 through.</source>
      <translation>只允许 1000 个中有 1 个被误认。</translation>
    </message>
    <message>
      <source>who keeps their name in bad light or at a distance, and who does not</source>
      <translation>光线差或距离远时，谁还认得出，谁认不出</translation>
    </message>
    <message>
      <source>People in one room and one light look more alike than the people in a data set.</source>
      <translation>同一房间、同一光线下的人，比数据集中的人彼此更相像。</translation>
    </message>
    <message>
      <source>Let 1 of 100 through again, and open Room (Alt+6).</source>
      <translation>改回允许 100 个中有 1 个被误认，再打开“环境”（Alt+6）。</translation>
    </message>
    <message>
      <source>what share is estimated to get through here, how certain that is and what it is based on</source>
      <translation>估计此处有多大比例会被误认、有多大把握、依据是什么</translation>
    </message>
    <message>
      <source>When the light goes out</source>
      <translation>当灯光暗下来</translation>
    </message>
    <message>
      <source>The shots were taken in one light. The network knows the dark from its training.</source>
      <translation>样本是在一种光线下拍的；而黑暗，网络在训练时已经见过。</translation>
    </message>
    <message>
      <source>With somebody named in the picture, open Room (Alt+6) and choose “Fading light”.</source>
      <translation>画面上有人被认出时，打开“环境”（Alt+6），选择“灯光渐暗”。</translation>
    </message>
    <message>
      <source>the noise, and the name, which stays for as long as the face is found</source>
      <translation>噪点，以及只要还能检测到人脸就一直显示的姓名</translation>
    </message>
    <message>
      <source>Another camera is another matter: in its pictures a face hardly resembles its own shots.</source>
      <translation>换一台摄像头就不同了：在它的画面里，人脸与自己的样本几乎不像。</translation>
    </message>
    <message>
      <source>Choose “Old webcam”, and turn it up ( ] ) until somebody is Unknown.</source>
      <translation>选择“老摄像头”，不断加强（ ] ），直到有人变成“未知”。</translation>
    </message>
    <message>
      <source>margins falling below 0, names becoming Unknown</source>
      <translation>余量降到 0 以下，姓名变成“未知”</translation>
    </message>
    <message>
      <source>Faces seen in a room show what faces look like there, even without names.</source>
      <translation>在某个环境中看到的人脸，即使不知道是谁，也能说明那里的人脸是什么样子。</translation>
    </message>
    <message>
      <source>Wait a few seconds, then adapt to this room (Ctrl+R).</source>
      <translation>等几秒钟，然后适应当前环境（Ctrl+R）。</translation>
    </message>
    <message>
      <source>which names come back, and how many strangers are estimated to get through, before and now</source>
      <translation>哪些姓名回来了，以及估计之前和现在各会误认多少陌生人</translation>
    </message>
    <message>
      <source>The same frames, decided with and without what the room showed.</source>
      <translation>同样的画面，分别用与不用环境信息来判定。</translation>
    </message>
    <message>
      <source>Show this room before | after (B).</source>
      <translation>显示当前环境适应前 | 后的对比（B）。</translation>
    </message>
    <message>
      <source>verdicts that differ: they are highlighted and counted</source>
      <translation>不同的判定：会高亮并计数</translation>
    </message>
    <message>
      <source>A room is forgotten once it is gone: its faces were kept in memory only.</source>
      <translation>离开的环境会被遗忘：其中的人脸只保存在内存中。</translation>
    </message>
    <message>
      <source>Press Back to normal (0).</source>
      <translation>恢复原样（0）。</translation>
    </message>
    <message>
      <source>everybody named as before</source>
      <translation>所有人又像之前一样显示姓名</translation>
    </message>
    <message>
      <source>Which method when</source>
      <translation>何时用哪种方法</translation>
    </message>
    <message>
      <source>Nine methods can look at the same face for little more than the cost of one.</source>
      <translation>九种方法同时看一张人脸，开销几乎与一种方法相同。</translation>
    </message>
    <message>
      <source>With somebody enrolled, compare all of them (C).</source>
      <translation>录入至少一个人后，对比全部方法（C）。</translation>
    </message>
    <message>
      <source>the strip beside each face: what each method says</source>
      <translation>每张人脸旁的判定条：各方法怎么判定</translation>
    </message>
    <message>
      <source>In ordinary light they hardly differ, and the plain mean is the quickest.</source>
      <translation>普通光线下它们几乎没有差别，而简单的均值最快。</translation>
    </message>
    <message>
      <source>Make it hard: choose “Out of focus” in Room, or press X a few times.</source>
      <translation>增加难度：在“环境”里选择“失焦”，或按几次 X。</translation>
    </message>
    <message>
      <source>which methods still give the name, and which one loses it first</source>
      <translation>哪些方法仍能给出姓名，哪一种最先认不出</translation>
    </message>
    <message>
      <source>One frame is an anecdote; counts are evidence.</source>
      <translation>一帧只是个例，计数才是证据。</translation>
    </message>
    <message>
      <source>Press Back to normal (0) and open Compare (Alt+2).</source>
      <translation>恢复原样（0），再打开“对比”（Alt+2）。</translation>
    </message>
    <message>
      <source>named, Unknown, name changes per minute; accuracy where the truth is known</source>
      <translation>认出、未知、每分钟改名次数；已知真实身份时还有准确率</translation>
    </message>
    <message>
      <source>Better evidence: each of your shots left out in turn, clean and degraded.</source>
      <translation>更好的证据：依次留出你的每个样本，测试原图与降质图。</translation>
    </message>
    <message>
      <source>Open Report (Alt+5) and run it.</source>
      <translation>打开“报告”（Alt+5）并运行。</translation>
    </message>
    <message>
      <source>the method that is recommended, and whether it is clearly better</source>
      <translation>推荐的方法，以及它是否明显更好</translation>
    </message>
    <message>
      <source>Few shots, good light: the mean. An unfamiliar room: see what the counts say. Not sure: let Auto try several.</source>
      <translation>样本少、光线好：用均值。陌生的环境：看计数怎么说。拿不准：让“自动”试用几种方法。</translation>
    </message>
    <message>
      <source>Let Auto decide (A).</source>
      <translation>让“自动”来判定（A）。</translation>
    </message>
    <message>
      <source>under Method: what it tried on your shots, and what it kept</source>
      <translation>“方法”页中：它在你的样本上试了什么，保留了什么</translation>
    </message>
  </context>
  <context>
    <name>Lists</name>
    <message>
      <source>{first}, {more}</source>
      <translation>{first}、{more}</translation>
    </message>
  </context>
  <context>
    <name>LiveView</name>
    <message>
      <source>Live video</source>
      <translation>实时视频</translation>
    </message>
  </context>
  <context>
    <name>LooksRow</name>
    <message>
      <source>Looks</source>
      <translation>各次观察</translation>
    </message>
    <message>
      <source>Look {number}: weight {share} (quality {quality})</source>
      <translation>第 {number} 次观察：权重 {share}（质量 {quality}）</translation>
    </message>
    <message>
      <source>Look {number} was left out: it is unlike the others</source>
      <translation>第 {number} 次观察未计入：与其他各次不同</translation>
    </message>
  </context>
  <context>
    <name>MainActions</name>
    <message>
      <source>&amp;File</source>
      <translation>文件(&amp;F)</translation>
    </message>
    <message>
      <source>&amp;Pause</source>
      <translation>暂停(&amp;P)</translation>
    </message>
    <message>
      <source>Pause or resume the picture (P, or Space on the video)</source>
      <translation>暂停或继续画面（P，或在视频上按空格）</translation>
    </message>
    <message>
      <source>Open &amp;again</source>
      <translation>重新打开(&amp;A)</translation>
    </message>
    <message>
      <source>&amp;Close the source</source>
      <translation>关闭来源(&amp;C)</translation>
    </message>
    <message>
      <source>&amp;Quit</source>
      <translation>退出(&amp;Q)</translation>
    </message>
    <message>
      <source>&amp;View</source>
      <translation>视图(&amp;V)</translation>
    </message>
    <message>
      <source>Perfor&amp;mance overlay</source>
      <translation>性能信息(&amp;M)</translation>
    </message>
    <message>
      <source>Speed</source>
      <translation>速度</translation>
    </message>
    <message>
      <source>Show frames per second, latency and device on the video (H)</source>
      <translation>在视频上显示帧率、延迟和设备（H）</translation>
    </message>
    <message>
      <source>M&amp;irror the picture</source>
      <translation>镜像画面(&amp;I)</translation>
    </message>
    <message>
      <source>Mirror the picture; names, recognition and recordings are not affected (Ctrl+M)</source>
      <translation>像照镜子一样显示画面；姓名、识别和录像不受影响（Ctrl+M）</translation>
    </message>
    <message>
      <source>Side &amp;panel</source>
      <translation>侧边栏(&amp;P)</translation>
    </message>
    <message>
      <source>P&amp;resentation</source>
      <translation>演示模式(&amp;R)</translation>
    </message>
    <message>
      <source>The video alone on the whole screen, with large names and the method's (F11)</source>
      <translation>全屏只显示视频，姓名放大，并标出方法（F11）</translation>
    </message>
    <message>
      <source>&amp;Full screen</source>
      <translation>全屏(&amp;F)</translation>
    </message>
    <message>
      <source>The presentation sho&amp;ws</source>
      <translation>演示内容(&amp;W)</translation>
    </message>
    <message>
      <source>Loss &amp;curve</source>
      <translation>损失曲线(&amp;C)</translation>
    </message>
    <message>
      <source>&amp;Map</source>
      <translation>分布图(&amp;M)</translation>
    </message>
    <message>
      <source>C&amp;ounts</source>
      <translation>计数(&amp;O)</translation>
    </message>
    <message>
      <source>Mar&amp;gins</source>
      <translation>余量(&amp;G)</translation>
    </message>
    <message>
      <source>Pro&amp;jector</source>
      <translation>投影(&amp;J)</translation>
    </message>
    <message>
      <source>The presentation on another screen, for the audience (Ctrl+F11)</source>
      <translation>在另一块屏幕上为观众演示（Ctrl+F11）</translation>
    </message>
    <message>
      <source>Project &amp;on</source>
      <translation>投影到(&amp;O)</translation>
    </message>
    <message>
      <source>As the s&amp;ystem</source>
      <translation>跟随系统(&amp;Y)</translation>
    </message>
    <message>
      <source>&amp;Light</source>
      <translation>浅色(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;Dark</source>
      <translation>深色(&amp;D)</translation>
    </message>
    <message>
      <source>&amp;Theme</source>
      <translation>主题(&amp;T)</translation>
    </message>
    <message>
      <source>Te&amp;xt size</source>
      <translation>文字大小(&amp;X)</translation>
    </message>
    <message>
      <source>&amp;Language</source>
      <translation>语言(&amp;L)</translation>
    </message>
    <message>
      <source>As the system</source>
      <translation>跟随系统</translation>
    </message>
    <message>
      <source>&amp;Studio</source>
      <translation>工作台(&amp;S)</translation>
    </message>
    <message>
      <source>&amp;Studio below the video</source>
      <translation>在视频下方显示工作台(&amp;S)</translation>
    </message>
    <message>
      <source>Studio</source>
      <translation>工作台</translation>
    </message>
    <message>
      <source>Show or hide how the methods work: curves, comparison, map, reasons (Ctrl+J)</source>
      <translation>显示或隐藏各方法的工作情况：曲线、对比、分布图、原因（Ctrl+J）</translation>
    </message>
    <message>
      <source>Studio over the &amp;whole window</source>
      <translation>工作台占满窗口(&amp;W)</translation>
    </message>
    <message>
      <source>The studio large, the video small beside it, the side panel closed (Ctrl+Shift+J)</source>
      <translation>放大工作台，视频缩小在旁，收起侧边栏（Ctrl+Shift+J）</translation>
    </message>
    <message>
      <source>Adapt to this r&amp;oom</source>
      <translation>适应当前环境(&amp;O)</translation>
    </message>
    <message>
      <source>&amp;Undo adapting to this room</source>
      <translation>撤销对当前环境的适应(&amp;U)</translation>
    </message>
    <message>
      <source>S&amp;plit view of two methods</source>
      <translation>两种方法分屏(&amp;P)</translation>
    </message>
    <message>
      <source>This room: &amp;before | after</source>
      <translation>当前环境：之前 | 之后(&amp;B)</translation>
    </message>
    <message>
      <source>1 shot | all s&amp;hots</source>
      <translation>1 个样本 | 全部样本(&amp;H)</translation>
    </message>
    <message>
      <source>Published &amp;network | this one</source>
      <translation>原版网络 | 当前方法(&amp;N)</translation>
    </message>
    <message>
      <source>&amp;Gallery</source>
      <translation>人脸库(&amp;G)</translation>
    </message>
    <message>
      <source>&amp;Enrol somebody</source>
      <translation>录入人员(&amp;E)</translation>
    </message>
    <message>
      <source>Take shots of a face and give it a name (E)</source>
      <translation>拍摄人脸样本并命名（E）</translation>
    </message>
    <message>
      <source>Enrol from &amp;files…</source>
      <translation>从文件录入(&amp;F)…</translation>
    </message>
    <message>
      <source>&amp;Find a person</source>
      <translation>查找人员(&amp;F)</translation>
    </message>
    <message>
      <source>People over the &amp;whole window</source>
      <translation>人员占满窗口(&amp;W)</translation>
    </message>
    <message>
      <source>Everybody as a page of pictures, with their shots and a small video beside it (Ctrl+G)</source>
      <translation>以图片页显示所有人，旁边是其样本，视频缩小（Ctrl+G）</translation>
    </message>
    <message>
      <source>&amp;Undo</source>
      <translation>撤销(&amp;U)</translation>
    </message>
    <message>
      <source>&amp;Import people…</source>
      <translation>导入人员(&amp;I)…</translation>
    </message>
    <message>
      <source>E&amp;xport everybody…</source>
      <translation>导出所有人(&amp;X)…</translation>
    </message>
    <message>
      <source>Pri&amp;vacy…</source>
      <translation>隐私(&amp;V)…</translation>
    </message>
    <message>
      <source>For&amp;get everything…</source>
      <translation>清除全部数据(&amp;G)…</translation>
    </message>
    <message>
      <source>Show &amp;people</source>
      <translation>显示人员(&amp;P)</translation>
    </message>
    <message>
      <source>Show en&amp;rolment</source>
      <translation>显示录入(&amp;R)</translation>
    </message>
    <message>
      <source>Show un&amp;known</source>
      <translation>显示未知(&amp;K)</translation>
    </message>
    <message>
      <source>Show &amp;controls</source>
      <translation>显示控制(&amp;C)</translation>
    </message>
    <message>
      <source>&amp;Help</source>
      <translation>帮助(&amp;H)</translation>
    </message>
    <message>
      <source>&amp;Keyboard shortcuts</source>
      <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
      <source>&amp;Tour</source>
      <translation>导览(&amp;T)</translation>
    </message>
    <message>
      <source>&amp;Methods explained</source>
      <translation>方法说明(&amp;M)</translation>
    </message>
    <message>
      <source>&amp;Lessons</source>
      <translation>课程(&amp;L)</translation>
    </message>
    <message>
      <source>Open &amp;log folder</source>
      <translation>打开日志文件夹(&amp;L)</translation>
    </message>
    <message>
      <source>&amp;About MetaFace</source>
      <translation>关于 MetaFace(&amp;A)</translation>
    </message>
  </context>
  <context>
    <name>MainToolBar</name>
    <message>
      <source>Tool bar</source>
      <translation>工具栏</translation>
    </message>
    <message>
      <source>Choose a source</source>
      <translation>选择来源</translation>
    </message>
    <message>
      <source>Enrol</source>
      <translation>录入</translation>
    </message>
    <message>
      <source>Source: {title}</source>
      <translation>来源：{title}</translation>
    </message>
    <message>
      <source>Loading models…</source>
      <translation>正在加载模型…</translation>
    </message>
    <message>
      <source>The models are being loaded.</source>
      <translation>正在加载模型。</translation>
    </message>
    <message>
      <source>It is adapting.</source>
      <translation>正在适应。</translation>
    </message>
    <message>
      <source>Nobody is enrolled yet.</source>
      <translation>还没有录入任何人。</translation>
    </message>
    <message>
      <source>{name}: adapted to {people} from {shots} shots in {ms} ms</source>
      <translation>{name}：用 {shots} 个样本适应了 {people}，耗时 {ms} ms</translation>
    </message>
    <message>
      <source>Compared with it: {others}</source>
      <translation>与之对比：{others}</translation>
    </message>
    <message>
      <source>Learner: {text}</source>
      <translation>方法：{text}</translation>
    </message>
    <message>
      <source>1 person</source>
      <translation>1 人</translation>
    </message>
    <message>
      <source>{n} people</source>
      <translation>{n} 人</translation>
    </message>
    <message>
      <source>{name} +{n}</source>
      <translation>{name} +{n}</translation>
    </message>
  </context>
  <context>
    <name>MainWindow</name>
    <message>
      <source>&amp;Decide by</source>
      <translation>判定方法(&amp;D)</translation>
    </message>
    <message>
      <source>Compare &amp;with</source>
      <translation>同时对比(&amp;W)</translation>
    </message>
    <message>
      <source>&amp;Environment dial</source>
      <translation>环境旋钮(&amp;E)</translation>
    </message>
    <message>
      <source>Saved in {folder}: {names}</source>
      <translation>已保存到 {folder}：{names}</translation>
    </message>
  </context>
  <context>
    <name>MapKey</name>
    <message>
      <source>shot</source>
      <translation>样本</translation>
    </message>
    <message>
      <source>person's average</source>
      <translation>个人平均</translation>
    </message>
    <message>
      <source>face on screen</source>
      <translation>画面中的人脸</translation>
    </message>
    <message>
      <source>Markers on the map</source>
      <translation>图上的标记</translation>
    </message>
    <message>
      <source>Colour and shape tell people apart. The large marker is the person's prototype, or what a trained last layer looks for: the nearer a face, the better the match.</source>
      <translation>颜色和形状用来区分不同的人。大标记是此人的原型，或训练好的最后一层所对应的位置：人脸离它越近，匹配越好。</translation>
    </message>
  </context>
  <context>
    <name>MapPage</name>
    <message>
      <source>Space of</source>
      <translation>空间</translation>
    </message>
    <message>
      <source>Method whose adapted space is drawn</source>
      <translation>绘制哪种方法适应后的空间</translation>
    </message>
    <message>
      <source>Deciding method</source>
      <translation>判定方法</translation>
    </message>
    <message>
      <source>&amp;Fit to view</source>
      <translation>适合窗口(&amp;F)</translation>
    </message>
    <message>
      <source>Fit the whole map to the view (F, or double-click it)</source>
      <translation>重新显示整张图（F，或在图上双击）</translation>
    </message>
    <message>
      <source>Deciding: {method}</source>
      <translation>判定：{method}</translation>
    </message>
    <message>
      <source>Drawing the map…</source>
      <translation>正在绘图…</translation>
    </message>
    <message>
      <source>It appears with the next adaptation.</source>
      <translation>下次适应后显示。</translation>
    </message>
    <message>
      <source>Nobody is enrolled yet</source>
      <translation>还没有录入任何人</translation>
    </message>
    <message>
      <source>Enrol somebody: each of their shots becomes a dot here.</source>
      <translation>录入人员后，每个样本在这里是一个点。</translation>
    </message>
    <message>
      <source>1 person</source>
      <translation>1 人</translation>
    </message>
    <message>
      <source>{n} people</source>
      <translation>{n} 人</translation>
    </message>
    <message>
      <source>explained variance {percent} %</source>
      <translation>解释方差 {percent} %</translation>
    </message>
    <message>
      <source>The share of the differences between shots that this plane shows; the rest lies in other directions.</source>
      <translation>样本之间的差异有多少体现在这个平面上；其余在别的方向上。</translation>
    </message>
  </context>
  <context>
    <name>MapPlot</name>
    <message>
      <source>Embedding map</source>
      <translation>嵌入分布图</translation>
    </message>
  </context>
  <context>
    <name>MergeBar</name>
    <message>
      <source>Merge</source>
      <translation>合并</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>Merge {name} into {into}? {shots} and the consent move too.</source>
      <translation>把“{name}”合并到“{into}”？{shots}和同意记录会一并转移。</translation>
    </message>
  </context>
  <context>
    <name>MethodBar</name>
    <message>
      <source>Methods</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>Compare &amp;all methods, or none</source>
      <translation>对比所有方法，或都不对比(&amp;A)</translation>
    </message>
    <message>
      <source>Compare {method}</source>
      <translation>对比{method}</translation>
    </message>
    <message>
      <source>Loading models …</source>
      <translation>正在加载模型…</translation>
    </message>
    <message>
      <source>{method} ({paper}): {explanation}</source>
      <translation>{method}（{paper}）：{explanation}</translation>
    </message>
    <message>
      <source>decides the names</source>
      <translation>由它判定姓名</translation>
    </message>
    <message>
      <source>compared on the same frames</source>
      <translation>在相同的帧上参与对比</translation>
    </message>
    <message>
      <source>Click: let it decide the names</source>
      <translation>单击：由它判定姓名</translation>
    </message>
    <message>
      <source>Ctrl+click or the corner: compare it</source>
      <translation>Ctrl+单击或点角标：参与对比</translation>
    </message>
    <message>
      <source>{keys} or click: let it decide the names</source>
      <translation>{keys} 或单击：由它判定姓名</translation>
    </message>
    <message>
      <source>Shift+{number}, Ctrl+click or the corner: compare it</source>
      <translation>Shift+{number}、Ctrl+单击或点角标：参与对比</translation>
    </message>
    <message>
      <source>&amp;Decide by this method</source>
      <translation>用此方法判定(&amp;D)</translation>
    </message>
    <message>
      <source>&amp;Compare it</source>
      <translation>参与对比(&amp;C)</translation>
    </message>
    <message>
      <source>Compare &amp;only it</source>
      <translation>只对比它(&amp;O)</translation>
    </message>
  </context>
  <context>
    <name>MethodPage</name>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>设置</translation>
    </message>
    <message>
      <source>Show or hide this method's settings</source>
      <translation>显示或隐藏此方法的设置</translation>
    </message>
    <message>
      <source>Clear the curves</source>
      <translation>清除曲线</translation>
    </message>
    <message>
      <source>Clear these curves; the next adaptation draws new ones</source>
      <translation>清除这些曲线；下次适应时绘制新的</translation>
    </message>
    <message>
      <source>On the enrolled shots, after each step; faint: the previous run</source>
      <translation>在录入的样本上，每一步之后；浅色为上一次运行</translation>
    </message>
    <message>
      <source>{method} needs no steps, see the map; the curves show other methods</source>
      <translation>{method}不需要迭代，见分布图；曲线属于其他方法</translation>
    </message>
    <message>
      <source>The result is shown here.</source>
      <translation>结果会显示在这里。</translation>
    </message>
    <message>
      <source>Nobody is enrolled yet</source>
      <translation>还没有录入任何人</translation>
    </message>
    <message>
      <source>Enrol somebody (E) and see here how it is learned.</source>
      <translation>录入人员（E），在这里看它如何学习。</translation>
    </message>
    <message>
      <source>Nothing to show yet</source>
      <translation>暂无内容</translation>
    </message>
    <message>
      <source>Change a setting or add a shot: it adapts again.</source>
      <translation>更改设置或添加样本，就会重新适应。</translation>
    </message>
    <message>
      <source>{method} needs no steps</source>
      <translation>{method}不需要迭代</translation>
    </message>
    <message>
      <source>It learns everybody in one go: see the map. MAML (4) is a method that takes steps.</source>
      <translation>它一次就学会所有人，见分布图。MAML（4）是需要迭代的方法。</translation>
    </message>
  </context>
  <context>
    <name>MethodsDialog</name>
    <message>
      <source>Methods explained</source>
      <translation>方法说明</translation>
    </message>
    <message>
      <source>All methods look at the same faces through the same network. They differ in how they learn a person from a few shots. Their settings are on the page “Method” of the studio.</source>
      <translation>所有方法都用同一个网络处理相同的人脸，区别在于如何从几个样本学会认识一个人。它们的设置在工作台的“方法”页。</translation>
    </message>
  </context>
  <context>
    <name>Models</name>
    <message>
      <source>YuNet, fast</source>
      <translation>YuNet，快速</translation>
    </message>
    <message>
      <source>MTCNN, classic</source>
      <translation>MTCNN，经典</translation>
    </message>
    <message>
      <source>SFace, small and fast</source>
      <translation>SFace，小而快</translation>
    </message>
  </context>
  <context>
    <name>ModelsSection</name>
    <message>
      <source>Detector</source>
      <translation>检测器</translation>
    </message>
    <message>
      <source>What finds faces in the picture</source>
      <translation>在画面中寻找人脸</translation>
    </message>
    <message>
      <source>Embedder</source>
      <translation>特征提取器</translation>
    </message>
    <message>
      <source>What turns a face into numbers to compare</source>
      <translation>把人脸变成可以比较的数字</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>设备</translation>
    </message>
    <message>
      <source>What to compute on</source>
      <translation>用什么计算</translation>
    </message>
    <message>
      <source>Automatic</source>
      <translation>自动</translation>
    </message>
    <message>
      <source>Processor (CPU)</source>
      <translation>处理器（CPU）</translation>
    </message>
    <message>
      <source>Apple graphics (MPS)</source>
      <translation>Apple 图形处理器（MPS）</translation>
    </message>
    <message>
      <source>Graphics card (CUDA)</source>
      <translation>显卡（CUDA）</translation>
    </message>
    <message>
      <source>Learner</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>How the app learns people from a few shots</source>
      <translation>如何从几个样本学会认人</translation>
    </message>
    <message>
      <source>Loading models</source>
      <translation>正在加载模型</translation>
    </message>
    <message>
      <source>Loading models …</source>
      <translation>正在加载模型…</translation>
    </message>
    <message>
      <source>Runs on {device}.</source>
      <translation>运行于 {device}。</translation>
    </message>
  </context>
  <context>
    <name>NameField</name>
    <message>
      <source>Name</source>
      <translation>姓名</translation>
    </message>
    <message>
      <source>Name of the person</source>
      <translation>此人的姓名</translation>
    </message>
    <message>
      <source>People with a similar name</source>
      <translation>姓名相近的人</translation>
    </message>
    <message>
      <source>Adds the shots to {name}, who has {shots}.</source>
      <translation>把样本添加给 {name}（已有 {shots}）。</translation>
    </message>
    <message>
      <source>A new person.</source>
      <translation>新人员。</translation>
    </message>
    <message>
      <source>Somebody new, or somebody enrolled already.</source>
      <translation>新的人员，或已录入的人员。</translation>
    </message>
  </context>
  <context>
    <name>NearShotRow</name>
    <message>
      <source>Nearest shots</source>
      <translation>最近的样本</translation>
    </message>
    <message>
      <source>{name}, cosine {cosine}</source>
      <translation>{name}，余弦 {cosine}</translation>
    </message>
  </context>
  <context>
    <name>NewPassphraseDialog</name>
    <message>
      <source>Protect the file</source>
      <translation>保护文件</translation>
    </message>
    <message>
      <source>With a passphrase, only those who know it can see the faces in the file. It cannot be recovered: keep it somewhere safe.</source>
      <translation>设置口令后，只有知道口令的人才能看到文件中的人脸。口令无法找回，请妥善保管。</translation>
    </message>
    <message>
      <source>Repeat it</source>
      <translation>再输一次</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>导出</translation>
    </message>
    <message>
      <source>Without a passphrase the file is not encrypted: anyone who gets it can see every face in it.</source>
      <translation>不设口令则文件不加密：任何得到文件的人都能看到其中的每张人脸。</translation>
    </message>
    <message>
      <source>The two do not match yet.</source>
      <translation>两次输入还不一致。</translation>
    </message>
    <message>
      <source>Weak: a program can guess a passphrase this short. Four or five words are better.</source>
      <translation>弱：这么短的口令会被程序猜出。最好用四五个词。</translation>
    </message>
    <message>
      <source>Fair: a word or two more would make it strong.</source>
      <translation>中：再加一两个词就够强了。</translation>
    </message>
    <message>
      <source>Strong, unless it is a saying or a line from a song.</source>
      <translation>强，除非是一句谚语或歌词。</translation>
    </message>
  </context>
  <context>
    <name>Overlay</name>
    <message>
      <source>Unknown</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>{method}: {name}</source>
      <translation>{method}：{name}</translation>
    </message>
    <message>
      <source>{n} of {all} right</source>
      <translation>{all} 种中 {n} 种正确</translation>
    </message>
    <message>
      <source>no majority</source>
      <translation>无多数意见</translation>
    </message>
    <message>
      <source>{n} of {all} agree</source>
      <translation>{all} 种中 {n} 种一致</translation>
    </message>
  </context>
  <context>
    <name>People</name>
    <message>
      <source>New name</source>
      <translation>新姓名</translation>
    </message>
    <message>
      <source>Somebody is already called “{name}”. Choose another name, or merge the two.</source>
      <translation>已经有人叫“{name}”。请换一个姓名，或将两人合并。</translation>
    </message>
    <message>
      <source>Hidden: stays in the gallery with all shots, but is not recognised, and is listed only with “Show hidden”.</source>
      <translation>隐藏：此人及所有样本仍留在人脸库中，但不再识别；只有点击“显示隐藏的人”才会列出。</translation>
    </message>
  </context>
  <context>
    <name>PeopleFiles</name>
    <message>
      <source>MetaFace people</source>
      <translation>MetaFace 人员</translation>
    </message>
    <message>
      <source>Export everybody</source>
      <translation>导出所有人</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>所有文件</translation>
    </message>
    <message>
      <source>Import people</source>
      <translation>导入人员</translation>
    </message>
    <message>
      <source>Everybody was exported to {name}.</source>
      <translation>所有人已导出到 {name}。</translation>
    </message>
    <message>
      <source>The people in {name} were imported.</source>
      <translation>已导入 {name} 中的人员。</translation>
    </message>
  </context>
  <context>
    <name>PeopleList</name>
    <message>
      <source>People</source>
      <translation>人员</translation>
    </message>
  </context>
  <context>
    <name>PeoplePanel</name>
    <message>
      <source>People</source>
      <translation>人员</translation>
    </message>
    <message>
      <source>Search</source>
      <translation>搜索</translation>
    </message>
    <message>
      <source>Search people</source>
      <translation>搜索人员</translation>
    </message>
    <message>
      <source>Sort by</source>
      <translation>排序方式</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>姓名</translation>
    </message>
    <message>
      <source>Last seen</source>
      <translation>最近出现</translation>
    </message>
    <message>
      <source>Newest</source>
      <translation>最新录入</translation>
    </message>
    <message>
      <source>Pictures</source>
      <translation>图片</translation>
    </message>
    <message>
      <source>Show everybody as a page of pictures</source>
      <translation>以图片页显示所有人</translation>
    </message>
    <message>
      <source>Enrol somebody</source>
      <translation>录入人员</translation>
    </message>
    <message>
      <source>Nobody is enrolled yet</source>
      <translation>还没有录入任何人</translation>
    </message>
    <message>
      <source>Record yourself for two seconds and type your name: you will be recognised at once.</source>
      <translation>对着摄像头录两秒钟，输入姓名，马上就能认出你。</translation>
    </message>
    <message>
      <source>Show everybody</source>
      <translation>显示所有人</translation>
    </message>
    <message>
      <source>Nobody has a name like that</source>
      <translation>没有找到这样的姓名</translation>
    </message>
    <message>
      <source>Try a shorter search.</source>
      <translation>请缩短搜索内容。</translation>
    </message>
    <message>
      <source>Import…</source>
      <translation>导入…</translation>
    </message>
    <message>
      <source>Add the people of an exported file</source>
      <translation>添加导出文件中的人员</translation>
    </message>
    <message>
      <source>Export…</source>
      <translation>导出…</translation>
    </message>
    <message>
      <source>Export everybody to one file, with shots and consent</source>
      <translation>把所有人连同样本和同意记录导出到一个文件</translation>
    </message>
    <message>
      <source>Show hidden ({n})</source>
      <translation>显示隐藏的人（{n}）</translation>
    </message>
    <message>
      <source>Add shots</source>
      <translation>添加样本</translation>
    </message>
    <message>
      <source>Rename</source>
      <translation>重命名</translation>
    </message>
    <message>
      <source>What is stored…</source>
      <translation>存储的内容…</translation>
    </message>
    <message>
      <source>To merge, choose two people</source>
      <translation>要合并，请选择两个人</translation>
    </message>
    <message>
      <source>Merge into…</source>
      <translation>合并到…</translation>
    </message>
    <message>
      <source>Recognise again</source>
      <translation>恢复识别</translation>
    </message>
    <message>
      <source>Hide</source>
      <translation>隐藏</translation>
    </message>
    <message>
      <source>Delete</source>
      <translation>删除</translation>
    </message>
  </context>
  <context>
    <name>Periods</name>
    <message>
      <source>kept without limit</source>
      <translation>不限期保留</translation>
    </message>
    <message>
      <source>was to be kept until {day}</source>
      <translation>原定保留至 {day}</translation>
    </message>
    <message>
      <source>kept until {day}, {hour}</source>
      <translation>保留至 {day} {hour}</translation>
    </message>
    <message>
      <source>kept until {day}</source>
      <translation>保留至 {day}</translation>
    </message>
    <message>
      <source>ended {ago}</source>
      <translation>{ago}到期</translation>
    </message>
    <message>
      <source>ends within the hour</source>
      <translation>一小时内到期</translation>
    </message>
    <message>
      <source>ends in {n} h</source>
      <translation>{n} 小时后到期</translation>
    </message>
    <message>
      <source>ends in {n} days</source>
      <translation>{n} 天后到期</translation>
    </message>
    <message>
      <source>{one} and {other}</source>
      <translation>{one} 和 {other}</translation>
    </message>
    <message>
      <source>{one} and {n} others</source>
      <translation>{one} 等 {n} 人</translation>
    </message>
  </context>
  <context>
    <name>PersonDetails</name>
    <message>
      <source>Add shots</source>
      <translation>添加样本</translation>
    </message>
    <message>
      <source>Record or choose more shots</source>
      <translation>录制或选择更多样本</translation>
    </message>
    <message>
      <source>Rename</source>
      <translation>重命名</translation>
    </message>
    <message>
      <source>Give another name (F2)</source>
      <translation>改名（F2）</translation>
    </message>
    <message>
      <source>Delete (Del); can be undone</source>
      <translation>删除（Del），可以撤销</translation>
    </message>
    <message>
      <source>Delete</source>
      <translation>删除</translation>
    </message>
    <message>
      <source>Merge into…</source>
      <translation>合并到…</translation>
    </message>
    <message>
      <source>Merge the chosen people into one</source>
      <translation>把所选的人合成一个人</translation>
    </message>
    <message>
      <source>Keep “{name}”</source>
      <translation>保留“{name}”</translation>
    </message>
    <message>
      <source>Recognise again</source>
      <translation>恢复识别</translation>
    </message>
    <message>
      <source>Hide</source>
      <translation>隐藏</translation>
    </message>
    <message>
      <source>Can be undone.</source>
      <translation>可以撤销。</translation>
    </message>
    <message>
      <source>No shots: nobody is recognised as {name}. Add some.</source>
      <translation>没有样本：无法认出 {name}。请添加一些。</translation>
    </message>
    <message>
      <source>{shots}; the newest {n} are shown.</source>
      <translation>{shots}；显示最新的 {n} 个。</translation>
    </message>
    <message>
      <source>{shots}, and {n} of “not {name}”. The × deletes one, which can be undone.</source>
      <translation>{shots}，以及 {n} 个“不是 {name}”。点 × 删除一个，可以撤销。</translation>
    </message>
    <message>
      <source>{shots}. Choose one to see how much it helps; the × deletes it, which can be undone.</source>
      <translation>{shots}。选中一个可查看它的作用；点 × 删除，可以撤销。</translation>
    </message>
    <message>
      <source>Select a person</source>
      <translation>请选择人员</translation>
    </message>
    <message>
      <source>Choose somebody to see their shots.</source>
      <translation>选择一个人，查看其样本。</translation>
    </message>
    <message>
      <source>{n} people chosen</source>
      <translation>已选择 {n} 人</translation>
    </message>
    <message>
      <source>Are they the same person? Merge them: all their shots are kept.</source>
      <translation>是同一个人吗？可以合并，所有样本都会保留。</translation>
    </message>
    <message>
      <source>Shot of {day}, quality {percent} %</source>
      <translation>{day} 的样本，质量 {percent} %</translation>
    </message>
    <message>
      <source>Not {name}: face of {day}. It will not be called {name} again unless you delete this.</source>
      <translation>不是 {name}：{day} 的人脸。除非删除此项，否则不会再被认作 {name}。</translation>
    </message>
    <message>
      <source>Not this person ({n})</source>
      <translation>不是此人（{n}）</translation>
    </message>
  </context>
  <context>
    <name>PresentationBoard</name>
    <message>
      <source>Margins of everybody enrolled</source>
      <translation>所有已录入者的余量</translation>
    </message>
    <message>
      <source>Margins</source>
      <translation>余量</translation>
    </message>
    <message>
      <source>Map</source>
      <translation>分布图</translation>
    </message>
    <message>
      <source>Learning</source>
      <translation>学习过程</translation>
    </message>
    <message>
      <source>No steps yet</source>
      <translation>还没有步骤</translation>
    </message>
    <message>
      <source>MAML, Reptile and the learned optimizer (4, 5, 8) learn step by step.</source>
      <translation>MAML、Reptile 和元优化器（4、5、8）是逐步学习的。</translation>
    </message>
    <message>
      <source>Margins · {method}</source>
      <translation>余量 · {method}</translation>
    </message>
    <message>
      <source>Map · {method}</source>
      <translation>分布图 · {method}</translation>
    </message>
  </context>
  <context>
    <name>PresentationController</name>
    <message>
      <source>Stop showing the audience (Ctrl+F11)</source>
      <translation>停止为观众投影（Ctrl+F11）</translation>
    </message>
    <message>
      <source>End the presentation (Esc or F11)</source>
      <translation>结束演示模式（Esc 或 F11）</translation>
    </message>
    <message>
      <source>Curve</source>
      <translation>曲线</translation>
    </message>
    <message>
      <source>Map</source>
      <translation>分布图</translation>
    </message>
    <message>
      <source>Counts</source>
      <translation>计数</translation>
    </message>
    <message>
      <source>Margins</source>
      <translation>余量</translation>
    </message>
    <message>
      <source>Before | after</source>
      <translation>之前 | 之后</translation>
    </message>
    <message>
      <source>End  Esc</source>
      <translation>结束  Esc</translation>
    </message>
    <message>
      <source>Presentation</source>
      <translation>演示</translation>
    </message>
    <message>
      <source>Projector:</source>
      <translation>投影：</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>停止</translation>
    </message>
    <message>
      <source>In a window of its own</source>
      <translation>在单独的窗口中</translation>
    </message>
  </context>
  <context>
    <name>PrivacyController</name>
    <message>
      <source>Archive</source>
      <translation>压缩包</translation>
    </message>
    <message>
      <source>Folder of files</source>
      <translation>文件夹</translation>
    </message>
    <message>
      <source>What is stored about {name}</source>
      <translation>关于 {name} 的存储内容</translation>
    </message>
    <message>
      <source>The report is in {where}. Its files are not encrypted: give them to the person, or keep them safe.</source>
      <translation>报告位于 {where}。文件未加密：请交给本人，或妥善保管。</translation>
    </message>
    <message>
      <source>{who} and {n} more</source>
      <translation>{who} 等，另有 {n} 人</translation>
    </message>
    <message>
      <source>Period over, deleted for good: {who}.</source>
      <translation>期限已到，已彻底删除：{who}。</translation>
    </message>
    <message>
      <source>Everything is deleted: {n} people and all that was derived from them. Recordings stay in {where}</source>
      <translation>已清除全部数据：{n} 人以及由其生成的所有内容。录像仍保留在 {where}</translation>
    </message>
  </context>
  <context>
    <name>PrivacyDialog</name>
    <message>
      <source>Privacy</source>
      <translation>隐私</translation>
    </message>
    <message>
      <source>The gallery's file</source>
      <translation>人脸库文件</translation>
    </message>
    <message>
      <source>Copy</source>
      <translation>复制</translation>
    </message>
    <message>
      <source>Copy the path of the gallery</source>
      <translation>复制人脸库的路径</translation>
    </message>
    <message>
      <source>Recordings and snapshots are made only when you ask for them: {where}</source>
      <translation>只有你要求时才会录像或保存快照：{where}</translation>
    </message>
    <message>
      <source>Review…</source>
      <translation>查看…</translation>
    </message>
    <message>
      <source>Delete automatically when the period is over</source>
      <translation>到期时自动删除</translation>
    </message>
    <message>
      <source>Person</source>
      <translation>人员</translation>
    </message>
    <message>
      <source>Person the report is about</source>
      <translation>报告涉及的人</translation>
    </message>
    <message>
      <source>Report…</source>
      <translation>报告…</translation>
    </message>
    <message>
      <source>Write what is stored about this person to a file</source>
      <translation>把关于此人的存储内容写入文件</translation>
    </message>
    <message>
      <source>Forget everything…</source>
      <translation>清除全部数据…</translation>
    </message>
    <message>
      <source>Checked at the start and every hour; deletion is for good, and you are told who it was. Off: you are only reminded.</source>
      <translation>启动时和每小时检查一次；删除后无法恢复，并会告知删除了谁。关闭：仅提醒。</translation>
    </message>
    <message>
      <source>Their consent, shots and templates, as unencrypted files that anybody can read, to give to them.</source>
      <translation>此人的同意记录、样本和特征模板，写成任何人都能读取的未加密文件，供交给本人。</translation>
    </message>
    <message>
      <source>Deletes everybody and everything derived from them. This cannot be undone.</source>
      <translation>删除所有人以及由其生成的一切，无法撤销。</translation>
    </message>
    <message>
      <source>What is stored, and where</source>
      <translation>存储的内容与位置</translation>
    </message>
    <message>
      <source>For how long</source>
      <translation>保留多久</translation>
    </message>
    <message>
      <source>What is stored about one person</source>
      <translation>关于一个人的存储内容</translation>
    </message>
    <message>
      <source>Start from scratch</source>
      <translation>从零开始</translation>
    </message>
    <message>
      <source>Nothing is sent anywhere: no account, no cloud, no statistics. The network is used only for a camera address that you type, and for models that you ask to download.</source>
      <translation>不会发送到任何地方：没有账号，没有云，没有统计。只有在你输入网络摄像头地址或要求下载模型时才会使用网络。</translation>
    </message>
    <message>
      <source>Everything stays on this computer</source>
      <translation>一切都留在这台电脑上</translation>
    </message>
    <message>
      <source>in memory only, gone when the window closes</source>
      <translation>仅在内存中，关闭窗口后消失</translation>
    </message>
    <message>
      <source>{who}, {shots}, {n} faces of “not this person”; {size} on the disk</source>
      <translation>{who}，{shots}，{n} 张“不是此人”的人脸；占用磁盘 {size}</translation>
    </message>
    <message>
      <source>1 person</source>
      <translation>1 人</translation>
    </message>
    <message>
      <source>{n} people</source>
      <translation>{n} 人</translation>
    </message>
    <message>
      <source>Pictures and templates are encrypted in the file, with a key that this computer keeps elsewhere. Names, times and consents are not.</source>
      <translation>文件中的照片和特征模板已加密，密钥由这台电脑另外保存。姓名、时间和同意记录未加密。</translation>
    </message>
    <message>
      <source>It is not encrypted.</source>
      <translation>未加密。</translation>
    </message>
    <message>
      <source>Nobody is enrolled.</source>
      <translation>没有录入任何人。</translation>
    </message>
    <message>
      <source>Everybody is kept without limit.</source>
      <translation>所有人均不限期保留。</translation>
    </message>
    <message>
      <source>{who}: the agreed time is over.</source>
      <translation>{who}：约定的期限已到。</translation>
    </message>
    <message>
      <source>{n} with a period, {m} without limit. The first is {who}'s: it {when}.</source>
      <translation>{n} 人有期限，{m} 人不限期。最先到期的是 {who}：{when}。</translation>
    </message>
    <message>
      <source>Copied</source>
      <translation>已复制</translation>
    </message>
  </context>
  <context>
    <name>ProbeQuality</name>
    <message>
      <source>Quality of this picture</source>
      <translation>这张画面的质量</translation>
    </message>
  </context>
  <context>
    <name>Projector</name>
    <message>
      <source>The projector’s screen is gone. The presentation returns when the screen does.</source>
      <translation>投影屏幕已断开。屏幕恢复后，演示会自动继续。</translation>
    </message>
    <message>
      <source>The projector’s screen is back, and so is the presentation.</source>
      <translation>投影屏幕已恢复，演示继续。</translation>
    </message>
  </context>
  <context>
    <name>ProjectorWindow</name>
    <message>
      <source>MetaFace: for the audience</source>
      <translation>MetaFace：观众画面</translation>
    </message>
  </context>
  <context>
    <name>Quality</name>
    <message>
      <source>good</source>
      <translation>良好</translation>
    </message>
    <message>
      <source>fair</source>
      <translation>一般</translation>
    </message>
    <message>
      <source>too dark</source>
      <translation>太暗</translation>
    </message>
    <message>
      <source>too bright</source>
      <translation>太亮</translation>
    </message>
    <message>
      <source>too small</source>
      <translation>太小</translation>
    </message>
    <message>
      <source>blurred</source>
      <translation>模糊</translation>
    </message>
    <message>
      <source>turned away</source>
      <translation>侧脸</translation>
    </message>
    <message>
      <source>upside down</source>
      <translation>颠倒</translation>
    </message>
    <message>
      <source>Size</source>
      <translation>大小</translation>
    </message>
    <message>
      <source>Light</source>
      <translation>光线</translation>
    </message>
    <message>
      <source>Sharpness</source>
      <translation>清晰度</translation>
    </message>
    <message>
      <source>Frontality</source>
      <translation>正面程度</translation>
    </message>
    <message>
      <source>Edge</source>
      <translation>边缘</translation>
    </message>
    <message>
      <source>cuts off the face</source>
      <translation>人脸被边缘截断</translation>
    </message>
  </context>
  <context>
    <name>RecordButton</name>
    <message>
      <source>Record</source>
      <translation>录制</translation>
    </message>
    <message>
      <source>Hold to record, or click once to start and once more to stop (Space)</source>
      <translation>按住录制，或单击开始、再单击停止（空格）</translation>
    </message>
    <message>
      <source>Click to record after a countdown (Esc cancels it), or hold to record at once (Space)</source>
      <translation>单击：倒计时后录制（Esc 取消）；按住：立即录制（空格）</translation>
    </message>
    <message>
      <source>Recording …</source>
      <translation>正在录制…</translation>
    </message>
    <message>
      <source>Look at the camera</source>
      <translation>请看摄像头</translation>
    </message>
    <message>
      <source>Hold to record</source>
      <translation>按住录制</translation>
    </message>
    <message>
      <source>Esc or a click cancels</source>
      <translation>按 Esc 或再次点击取消</translation>
    </message>
    <message>
      <source>{taken} of {wanted} shots</source>
      <translation>已录 {taken}/{wanted} 个样本</translation>
    </message>
    <message>
      <source>click: countdown; hold: at once</source>
      <translation>单击：倒计时；按住：立即录制</translation>
    </message>
    <message>
      <source>two seconds are enough</source>
      <translation>两秒钟就够了</translation>
    </message>
  </context>
  <context>
    <name>RecordingControls</name>
    <message>
      <source>&amp;Record the session</source>
      <translation>录制会话(&amp;R)</translation>
    </message>
    <message>
      <source>Save a s&amp;napshot</source>
      <translation>保存快照(&amp;N)</translation>
    </message>
    <message>
      <source>Where to save recordings and snapshots</source>
      <translation>录像和快照的保存位置</translation>
    </message>
    <message>
      <source>&amp;Choose folder…</source>
      <translation>选择文件夹(&amp;C)…</translation>
    </message>
    <message>
      <source>&amp;Show folder</source>
      <translation>打开文件夹(&amp;S)</translation>
    </message>
    <message>
      <source>Record</source>
      <translation>录制</translation>
    </message>
    <message>
      <source>Stop &amp;recording</source>
      <translation>停止录制(&amp;R)</translation>
    </message>
    <message>
      <source>Stop recording and finish the files in {folder} (R)</source>
      <translation>停止录制，并把文件保存到 {folder}（R）</translation>
    </message>
    <message>
      <source>Record an annotated video, CSV and JSONL into {folder} (R)</source>
      <translation>把带标注的视频、CSV 和 JSONL 录制到 {folder}（R）</translation>
    </message>
    <message>
      <source>Save a snapshot into {folder} (S)</source>
      <translation>把快照保存到 {folder}（S）</translation>
    </message>
    <message>
      <source>Faces and names are written to {folder} unencrypted. Record only people who agree.</source>
      <translation>人脸和姓名会以未加密的形式写入 {folder}。只录制已同意的人。</translation>
    </message>
  </context>
  <context>
    <name>Refused</name>
    <message>
      <source>no face found</source>
      <translation>没有找到人脸</translation>
    </message>
    <message>
      <source>several faces</source>
      <translation>有多张人脸</translation>
    </message>
    <message>
      <source>the face is too small</source>
      <translation>人脸太小</translation>
    </message>
    <message>
      <source>too dark</source>
      <translation>太暗</translation>
    </message>
    <message>
      <source>too bright</source>
      <translation>太亮</translation>
    </message>
    <message>
      <source>blurred</source>
      <translation>模糊</translation>
    </message>
    <message>
      <source>the face is turned away</source>
      <translation>脸没有朝向镜头</translation>
    </message>
    <message>
      <source>the face is cut off by the edge</source>
      <translation>人脸被边缘截断</translation>
    </message>
    <message>
      <source>the face is upside down</source>
      <translation>面部上下颠倒</translation>
    </message>
    <message>
      <source>too similar to another shot</source>
      <translation>与另一个样本过于相似</translation>
    </message>
  </context>
  <context>
    <name>RefusedList</name>
    <message>
      <source>Refused pictures</source>
      <translation>被拒绝的图片</translation>
    </message>
    <message>
      <source>1 picture was refused</source>
      <translation>拒绝了 1 张图片</translation>
    </message>
    <message>
      <source>{n} pictures were refused</source>
      <translation>拒绝了 {n} 张图片</translation>
    </message>
  </context>
  <context>
    <name>Report</name>
    <message>
      <source>Unknown</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>{name} was not tested: a single shot cannot be left out.</source>
      <translation>{name} 未测试：唯一的样本无法留出。</translation>
    </message>
    <message>
      <source>{name}: {count} of {n} pictures left Unknown</source>
      <translation>{name}：{n} 张图片中有 {count} 张仍为“未知”</translation>
    </message>
    <message>
      <source>{name}: {count} of {n} pictures taken for {other}</source>
      <translation>{name}：{n} 张图片中有 {count} 张被认成 {other}</translation>
    </message>
    <message>
      <source>{name}: {count} of {n} pictures named as one of them</source>
      <translation>{name}：{n} 张图片中有 {count} 张被认成其中之一</translation>
    </message>
    <message>
      <source>{name}: {count} of {n} pictures named right</source>
      <translation>{name}：{n} 张图片中有 {count} 张认对</translation>
    </message>
    <message>
      <source>{n} others</source>
      <translation>其他 {n} 人</translation>
    </message>
    <message>
      <source>Recommended</source>
      <translation>推荐</translation>
    </message>
    <message>
      <source>MetaFace: all methods on the enrolled shots</source>
      <translation>MetaFace：所有方法在已录入样本上的表现</translation>
    </message>
    <message>
      <source>{title}: who was taken for whom</source>
      <translation>{title}：谁被认成了谁</translation>
    </message>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>Closest match
right, clean</source>
      <translation>最近匹配
正确，原图</translation>
    </message>
    <message>
      <source>Closest match
right, degraded</source>
      <translation>最近匹配
正确，降质</translation>
    </message>
    <message>
      <source>Named right
clean</source>
      <translation>认对
原图</translation>
    </message>
    <message>
      <source>Named right
degraded</source>
      <translation>认对
降质</translation>
    </message>
    <message>
      <source>Strangers named
by mistake (%)</source>
      <translation>误认陌生人
（%）</translation>
    </message>
    <message>
      <source>Learning
time (ms)</source>
      <translation>学习用时
（毫秒）</translation>
    </message>
    <message>
      <source>All methods, with their current settings</source>
      <translation>所有方法，使用当前设置</translation>
    </message>
    <message>
      <source>Accuracy: unaltered left-out shots whose closest match is right, whatever the threshold</source>
      <translation>准确率：留出样本（原图）中最近匹配正确的比例，不考虑阈值</translation>
    </message>
    <message>
      <source>Accuracy on copies of the same shots: dark, small, blurred or half covered</source>
      <translation>同一批样本的降质副本（变暗、缩小、模糊或遮挡一半）上的准确率</translation>
    </message>
    <message>
      <source>TPIR: unaltered left-out shots named right with a score that reaches the threshold</source>
      <translation>TPIR：留出样本（原图）认对且得分达到阈值的比例</translation>
    </message>
    <message>
      <source>TPIR on copies of the same shots: dark, small, blurred or half covered</source>
      <translation>同一批样本的降质副本（变暗、缩小、模糊或遮挡一半）上的 TPIR</translation>
    </message>
    <message>
      <source>FPIR: strangers taken for somebody, measured on different strangers from those who set the threshold</source>
      <translation>FPIR：陌生人被误认的比例；测量所用的陌生人与设定阈值所用的不同</translation>
    </message>
    <message>
      <source>Learning time: median time to learn everybody, in milliseconds, on this computer</source>
      <translation>学习用时：在这台电脑上学会所有人所需时间的中位数，单位毫秒</translation>
    </message>
    <message>
      <source>{count} of {n}</source>
      <translation>{count} / {n}</translation>
    </message>
    <message>
      <source>Settings: {settings}</source>
      <translation>设置：{settings}</translation>
    </message>
    <message>
      <source>95 % interval: {low} to {high} (Wilson, {n} independent trials)</source>
      <translation>95 % 区间：{low} 到 {high}（Wilson，{n} 次独立试验）</translation>
    </message>
    <message>
      <source>Only {title} was tested</source>
      <translation>只测试了{title}</translation>
    </message>
    <message>
      <source>Recommended: {title} - the most shots named right</source>
      <translation>推荐：{title}，认对的样本最多</translation>
    </message>
    <message>
      <source>Recommended: {title} - fast, and none is clearly better</source>
      <translation>推荐：{title}，速度快，且没有其他方法明显更好</translation>
    </message>
    <message>
      <source>{n} of {total} methods cannot be told apart from the best: a sign test over the shots finds no difference at 5 %.</source>
      <translation>{total} 种方法中有 {n} 种与最好的分不出高下：对各样本的符号检验在 5 % 水平上未发现差异。</translation>
    </message>
    <message>
      <source>{n} people</source>
      <translation>{n} 人</translation>
    </message>
    <message>
      <source>{tested} of {n} people</source>
      <translation>{n} 人中的 {tested} 人</translation>
    </message>
    <message>
      <source>1 person</source>
      <translation>1 人</translation>
    </message>
    <message>
      <source>{n} shots left out in turn</source>
      <translation>依次留出 {n} 个样本</translation>
    </message>
    <message>
      <source>{n} degraded copies</source>
      <translation>{n} 个降质副本</translation>
    </message>
    <message>
      <source>took {n:.1f} s</source>
      <translation>用时 {n:.1f} 秒</translation>
    </message>
    <message>
      <source>Embedder {id}</source>
      <translation>特征提取器 {id}</translation>
    </message>
    <message>
      <source>fixed threshold: there are no strangers to measure it on</source>
      <translation>固定阈值，因为没有可用来测量的陌生人</translation>
    </message>
    <message>
      <source>threshold for {fpir} of strangers, set on {half} strangers and measured on as many others</source>
      <translation>阈值按误认 {fpir} 的陌生人设定：用 {half} 名陌生人设定，用另外同样多的陌生人测量</translation>
    </message>
  </context>
  <context>
    <name>ReportPage</name>
    <message>
      <source>Report</source>
      <translation>报告</translation>
    </message>
    <message>
      <source>Test all methods</source>
      <translation>测试所有方法</translation>
    </message>
    <message>
      <source>Testing the methods</source>
      <translation>正在测试各方法</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>Stop the test and keep the last report (Esc)</source>
      <translation>停止测试，保留上次的报告（Esc）</translation>
    </message>
    <message>
      <source>Use this method</source>
      <translation>使用此方法</translation>
    </message>
    <message>
      <source>Copy</source>
      <translation>复制</translation>
    </message>
    <message>
      <source>Copy the table for a spreadsheet or a message (Ctrl+C)</source>
      <translation>复制表格，供电子表格或消息使用（Ctrl+C）</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>导出</translation>
    </message>
    <message>
      <source>Save the report as a file</source>
      <translation>把报告保存为文件</translation>
    </message>
    <message>
      <source>Table for a spreadsheet (CSV)…</source>
      <translation>电子表格用的表格（CSV）…</translation>
    </message>
    <message>
      <source>Picture (PNG)…</source>
      <translation>图片（PNG）…</translation>
    </message>
    <message>
      <source>Copied the table in its current order.</source>
      <translation>已按当前顺序复制表格。</translation>
    </message>
    <message>
      <source>Copy the table</source>
      <translation>复制表格</translation>
    </message>
    <message>
      <source>Sort by</source>
      <translation>排序方式</translation>
    </message>
    <message>
      <source>Table</source>
      <translation>表格</translation>
    </message>
    <message>
      <source>Save the table</source>
      <translation>保存表格</translation>
    </message>
    <message>
      <source>Picture</source>
      <translation>图片</translation>
    </message>
    <message>
      <source>Save the picture</source>
      <translation>保存图片</translation>
    </message>
    <message>
      <source>Saved as {name}.</source>
      <translation>已保存为 {name}。</translation>
    </message>
    <message>
      <source>The test was stopped.</source>
      <translation>测试已停止。</translation>
    </message>
    <message>
      <source>Somebody was deleted, and the report with them. Test again.</source>
      <translation>有人被删除，报告也随之删除。请重新测试。</translation>
    </message>
    <message>
      <source>Test again</source>
      <translation>重新测试</translation>
    </message>
    <message>
      <source>Leave each enrolled shot out in turn and see which method still names it right</source>
      <translation>把每个录入的样本依次留出，看哪种方法仍能认对</translation>
    </message>
    <message>
      <source>Nobody is enrolled yet: record two shots or more of somebody.</source>
      <translation>还没有录入任何人：请为某人录制两个以上样本。</translation>
    </message>
    <message>
      <source>Everybody has only one shot: record a second one of {name}.</source>
      <translation>每个人都只有一个样本：请为 {name} 再录制一个。</translation>
    </message>
    <message>
      <source>Which method knows your people best?</source>
      <translation>哪种方法最能认出你的人？</translation>
    </message>
    <message>
      <source>Testing the methods …</source>
      <translation>正在测试各方法…</translation>
    </message>
    <message>
      <source>The live view keeps running.</source>
      <translation>实时画面照常进行。</translation>
    </message>
    <message>
      <source>Test all methods: each enrolled shot is left out in turn, unaltered and degraded, and must be named from the others.</source>
      <translation>测试所有方法：依次留出每个录入的样本，用其余样本来认它的原图和降质图。</translation>
    </message>
    <message>
      <source>Below is the last report.</source>
      <translation>下方是上次的报告。</translation>
    </message>
    <message>
      <source>The gallery has changed since: these results are out of date. Test again.</source>
      <translation>此后人脸库有变动：这些结果已过时。请重新测试。</translation>
    </message>
    <message>
      <source>The settings have changed since: these results are out of date. Test again.</source>
      <translation>此后设置有变动：这些结果已过时。请重新测试。</translation>
    </message>
    <message>
      <source>In use</source>
      <translation>使用中</translation>
    </message>
    <message>
      <source>{title} decides the names already</source>
      <translation>已由{title}判定姓名</translation>
    </message>
    <message>
      <source>Let {title} decide the names from now on (Enter)</source>
      <translation>从现在起由{title}判定姓名（Enter）</translation>
    </message>
  </context>
  <context>
    <name>ReportTable</name>
    <message>
      <source>Methods</source>
      <translation>方法</translation>
    </message>
  </context>
  <context>
    <name>RetentionBox</name>
    <message>
      <source>Keep for</source>
      <translation>保留期限</translation>
    </message>
    <message>
      <source>How long this person agrees to be kept. MetaFace asks before it deletes anybody</source>
      <translation>本人同意保留多久。MetaFace 在删除任何人之前都会先询问</translation>
    </message>
    <message>
      <source>No limit</source>
      <translation>不限</translation>
    </message>
    <message>
      <source>1 day</source>
      <translation>1 天</translation>
    </message>
    <message>
      <source>1 month</source>
      <translation>1 个月</translation>
    </message>
    <message>
      <source>1 year</source>
      <translation>1 年</translation>
    </message>
    <message>
      <source>Until a date…</source>
      <translation>到某个日期…</translation>
    </message>
    <message>
      <source>Last day</source>
      <translation>最后一天</translation>
    </message>
    <message>
      <source>The last day on which this person may be kept</source>
      <translation>可以保留此人的最后一天</translation>
    </message>
  </context>
  <context>
    <name>RoomAdaptation</name>
    <message>
      <source>Adapting to this room</source>
      <translation>适应当前环境</translation>
    </message>
    <message>
      <source>Adapt to this room</source>
      <translation>适应当前环境</translation>
    </message>
    <message>
      <source>Adapt now to the faces seen so far (Ctrl+R)</source>
      <translation>立即适应目前已看到的人脸（Ctrl+R）</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>Undo the last adaptation to this room (Ctrl+Shift+R)</source>
      <translation>撤销上一次对当前环境的适应（Ctrl+Shift+R）</translation>
    </message>
    <message>
      <source>Use this room’s faces</source>
      <translation>使用当前环境的人脸</translation>
    </message>
    <message>
      <source>Adapt automatically to unlabelled faces, which are kept in memory only; off: forget them</source>
      <translation>自动适应未标注的人脸（仅保存在内存中）；关闭则将其清除</translation>
    </message>
    <message>
      <source>Strangers let through here, per hundred</source>
      <translation>此处每百名陌生人中被误认的人数</translation>
    </message>
    <message>
      <source>No estimate for strangers here: none were sampled for this embedder.</source>
      <translation>无法估计此处的陌生人：尚未为此特征提取器采样陌生人。</translation>
    </message>
    <message>
      <source>Enrol somebody: strangers here are measured against the people enrolled.</source>
      <translation>请先录入一个人：此处的陌生人要与已录入的人比较。</translation>
    </message>
    <message>
      <source>About {before} before, about {now} now ({low} to {high} with 90 % certainty).</source>
      <translation>之前约 {before}，现在约 {now}（90 % 置信区间 {low} 到 {high}）。</translation>
    </message>
    <message>
      <source>About {now} ({low} to {high} with 90 % certainty).</source>
      <translation>约 {now}（90 % 置信区间 {low} 到 {high}）。</translation>
    </message>
    <message>
      <source>Based on {people} enrolled and {faces} unlabelled faces; {seen} seen.</source>
      <translation>依据 {people} 名已录入的人和 {faces} 张未标注的人脸；共看到 {seen} 张。</translation>
    </message>
    <message>
      <source>Undone: no automatic adaptation until you ask for it.</source>
      <translation>已撤销：在你要求之前不会自动适应。</translation>
    </message>
    <message>
      <source>Faces of this room are not used.</source>
      <translation>不使用当前环境的人脸。</translation>
    </message>
  </context>
  <context>
    <name>RoomPage</name>
    <message>
      <source>Room</source>
      <translation>环境</translation>
    </message>
  </context>
  <context>
    <name>RoomSection</name>
    <message>
      <source>Use unlabelled faces of this room</source>
      <translation>使用当前环境的未标注人脸</translation>
    </message>
    <message>
      <source>Learns what faces look like in this room and light from those the camera showed earlier. They are kept in memory only and forgotten when the source closes.</source>
      <translation>根据摄像头先前拍到的人脸，了解当前环境和光线下人脸的样子。它们只保存在内存中，来源关闭后即清除。</translation>
    </message>
    <message>
      <source>Adapt to this room</source>
      <translation>适应当前环境</translation>
    </message>
    <message>
      <source>Adapt now to the faces seen so far (Ctrl+R)</source>
      <translation>立即适应目前已看到的人脸（Ctrl+R）</translation>
    </message>
    <message>
      <source>Adapted to the enrolled people alone.</source>
      <translation>仅适应已录入的人。</translation>
    </message>
    <message>
      <source>Faces of this room: {seen} seen, {used} adapted to.</source>
      <translation>当前环境的人脸：看到 {seen} 张，已适应 {used} 张。</translation>
    </message>
  </context>
  <context>
    <name>SameFace</name>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>{name} already has shots like these.</source>
      <translation>{name} 已有与此相似的样本。</translation>
    </message>
    <message>
      <source>Add them anyway</source>
      <translation>仍然添加</translation>
    </message>
    <message>
      <source>This looks like {name}, who is already enrolled. Same person?</source>
      <translation>这张脸很像已录入的 {name}。是同一个人吗？</translation>
    </message>
    <message>
      <source>Two people: save as {name}</source>
      <translation>是两个人：另存为 {name}</translation>
    </message>
    <message>
      <source>One person: add to {name}</source>
      <translation>是同一个人：添加到 {name}</translation>
    </message>
  </context>
  <context>
    <name>SamePersonStrip</name>
    <message>
      <source>Merge</source>
      <translation>合并</translation>
    </message>
    <message>
      <source>Different people</source>
      <translation>不是同一个人</translation>
    </message>
    <message>
      <source>Do not ask about these two again; can be undone</source>
      <translation>不再询问这两个人；可以撤销</translation>
    </message>
    <message>
      <source>Nobody else looks like the same person</source>
      <translation>没有其他疑似同一个人的人员</translation>
    </message>
    <message>
      <source>The same person?</source>
      <translation>是同一个人吗？</translation>
    </message>
    <message>
      <source>The same person? (1 of {n})</source>
      <translation>是同一个人吗？（共 {n} 对，第 1 对）</translation>
    </message>
    <message>
      <source>One person: all shots go to {name}, whose name stays; can be undone</source>
      <translation>是同一个人：所有样本归入“{name}”，保留此姓名；可以撤销</translation>
    </message>
    <message>
      <source>{n} of {all} shots pass for the other</source>
      <translation>{all} 个样本中有 {n} 个会被认作对方</translation>
    </message>
  </context>
  <context>
    <name>ScoreBars</name>
    <message>
      <source>Scores of the closest people</source>
      <translation>最相近者的得分</translation>
    </message>
    <message>
      <source>Threshold: {score}</source>
      <translation>阈值：{score}</translation>
    </message>
    <message>
      <source>threshold</source>
      <translation>阈值</translation>
    </message>
  </context>
  <context>
    <name>SeekBar</name>
    <message>
      <source>Position in the file</source>
      <translation>文件中的位置</translation>
    </message>
    <message>
      <source>Drag or click to seek; arrow keys move by a second, Page keys by ten</source>
      <translation>拖动或点击以跳转；方向键移动一秒，翻页键移动十秒</translation>
    </message>
    <message>
      <source>&amp;Loop files</source>
      <translation>循环播放文件(&amp;L)</translation>
    </message>
    <message>
      <source>Play a video or a folder again from its beginning when it ends (L)</source>
      <translation>视频或文件夹播放结束后从头重新播放 (L)</translation>
    </message>
    <message>
      <source>&amp;Back five seconds</source>
      <translation>后退五秒(&amp;B)</translation>
    </message>
    <message>
      <source>&amp;Forward five seconds</source>
      <translation>前进五秒(&amp;F)</translation>
    </message>
    <message>
      <source>Loop files</source>
      <translation>循环播放文件</translation>
    </message>
  </context>
  <context>
    <name>Settings</name>
    <message>
      <source>Back to {default}</source>
      <translation>恢复为 {default}</translation>
    </message>
    <message>
      <source>Reset {title}</source>
      <translation>重置“{title}”</translation>
    </message>
    <message>
      <source>changed</source>
      <translation>已更改</translation>
    </message>
    <message>
      <source>{low} to {high}, usually {default}</source>
      <translation>{low} 到 {high}，通常为 {default}</translation>
    </message>
    <message>
      <source>Usually {default}</source>
      <translation>通常为 {default}</translation>
    </message>
    <message>
      <source>on</source>
      <translation>开</translation>
    </message>
    <message>
      <source>off</source>
      <translation>关</translation>
    </message>
    <message>
      <source>Inner steps</source>
      <translation>内循环步数</translation>
    </message>
    <message>
      <source>Gradient steps on the shots. More steps fit them more closely, up to memorising them.</source>
      <translation>在样本上做梯度下降的步数。步数越多越贴合样本，直至死记硬背。</translation>
    </message>
    <message>
      <source>Inner rate</source>
      <translation>内循环学习率</translation>
    </message>
    <message>
      <source>Multiplies the method's own learning rate. A small value stays close to the prototypes.</source>
      <translation>方法自身的学习率乘以此值。取小值则不会离原型太远。</translation>
    </message>
    <message>
      <source>Rate per step</source>
      <translation>逐步倍率</translation>
    </message>
    <message>
      <source>Multiplies the rate from one step to the next: below 1 steps shrink, above 1 they grow.</source>
      <translation>每走一步学习率都乘以此值：小于 1 则步幅渐小，大于 1 则渐大。</translation>
    </message>
    <message>
      <source>Temperature</source>
      <translation>温度</translation>
    </message>
    <message>
      <source>Of the loss that the steps reduce. Low: only easily confused people count. High: everybody does.</source>
      <translation>各步所降低的损失的温度。低：只看容易混淆的人；高：看所有人。</translation>
    </message>
    <message>
      <source>First order</source>
      <translation>一阶近似</translation>
    </message>
    <message>
      <source>Meta-trains without second derivatives: faster, a little less exact.</source>
      <translation>元训练时不用二阶导数：更快，精度略低。</translation>
    </message>
    <message>
      <source>Head only (ANIL)</source>
      <translation>仅调头部（ANIL）</translation>
    </message>
    <message>
      <source>Fine-tunes only the last layer and leaves the embedding space unchanged.</source>
      <translation>只微调最后一层，嵌入空间保持不变。</translation>
    </message>
    <message>
      <source>Multiplies the meta-trained one. Low: a person's nearest shot counts. High: all shots count alike.</source>
      <translation>元训练所得的温度乘以此值。低：只看最近的样本；高：所有样本一视同仁。</translation>
    </message>
    <message>
      <source>Full context</source>
      <translation>完整上下文</translation>
    </message>
    <message>
      <source>Encodes each shot and face in the context of the whole gallery.</source>
      <translation>结合整个人脸库来编码每个样本和人脸。</translation>
    </message>
    <message>
      <source>Strength</source>
      <translation>强度</translation>
    </message>
    <message>
      <source>Weight of the meta-network: 0 leaves plain prototypes, 1 is as it was trained.</source>
      <translation>元网络的权重：0 为纯原型，1 为训练时的强度。</translation>
    </message>
    <message>
      <source>Shrinkage</source>
      <translation>收缩程度</translation>
    </message>
    <message>
      <source>How far each shot is drawn towards the mean of that person's shots. 0 leaves it unchanged.</source>
      <translation>每个样本向该人样本均值靠拢的程度；0 表示保持不变。</translation>
    </message>
    <message>
      <source>Cosine</source>
      <translation>余弦</translation>
    </message>
    <message>
      <source>Euclidean</source>
      <translation>欧氏</translation>
    </message>
    <message>
      <source>Mahalanobis</source>
      <translation>马氏</translation>
    </message>
    <message>
      <source>Distance</source>
      <translation>距离</translation>
    </message>
    <message>
      <source>How the distance between a face and a prototype is measured.</source>
      <translation>如何度量人脸与原型的距离。</translation>
    </message>
    <message>
      <source>Trials</source>
      <translation>试验次数</translation>
    </message>
    <message>
      <source>How many methods and settings are tried on the shots; each trial takes one adaptation.</source>
      <translation>在样本上试多少种方法和设置；每次试验都要适应一次。</translation>
    </message>
    <message>
      <source>Mean of the odds</source>
      <translation>概率比平均</translation>
    </message>
    <message>
      <source>Mean of the log-odds</source>
      <translation>对数概率比平均</translation>
    </message>
    <message>
      <source>Best shot</source>
      <translation>最佳样本</translation>
    </message>
    <message>
      <source>Pooling</source>
      <translation>汇总方式</translation>
    </message>
    <message>
      <source>How the verdicts on all shots of a person are combined.</source>
      <translation>如何汇总对某人所有样本的判断。</translation>
    </message>
    <message>
      <source>Mix the starts</source>
      <translation>混合起点</translation>
    </message>
    <message>
      <source>Take the nearest one</source>
      <translation>取最近的起点</translation>
    </message>
    <message>
      <source>Start</source>
      <translation>起点</translation>
    </message>
    <message>
      <source>How to use the starts that were learned for each kind of gallery.</source>
      <translation>如何利用为各类人脸库学到的起点。</translation>
    </message>
    <message>
      <source>Of the mixture. Low: almost only the nearest start counts. High: all of them count alike.</source>
      <translation>混合的温度。低：几乎只取最近的起点；高：所有起点一视同仁。</translation>
    </message>
  </context>
  <context>
    <name>ShortTitles</name>
    <message>
      <source>MAML</source>
      <translation>MAML</translation>
    </message>
    <message>
      <source>Matching</source>
      <translation>匹配网络</translation>
    </message>
    <message>
      <source>Meta-net</source>
      <translation>元网络</translation>
    </message>
    <message>
      <source>Meta-opt</source>
      <translation>元优化器</translation>
    </message>
    <message>
      <source>Prototypes</source>
      <translation>原型网络</translation>
    </message>
    <message>
      <source>Stock</source>
      <translation>原始嵌入</translation>
    </message>
    <message>
      <source>Reptile</source>
      <translation>Reptile</translation>
    </message>
    <message>
      <source>Auto RL²</source>
      <translation>自动 RL²</translation>
    </message>
    <message>
      <source>Siamese</source>
      <translation>孪生网络</translation>
    </message>
    <message>
      <source>Clusters</source>
      <translation>任务聚类</translation>
    </message>
  </context>
  <context>
    <name>ShortcutsDialog</name>
    <message>
      <source>Keyboard shortcuts</source>
      <translation>键盘快捷键</translation>
    </message>
    <message>
      <source>Type to search</source>
      <translation>输入要查找的内容</translation>
    </message>
    <message>
      <source>Search shortcuts</source>
      <translation>搜索快捷键</translation>
    </message>
    <message>
      <source>No shortcut has that name.</source>
      <translation>没有这样的快捷键。</translation>
    </message>
    <message>
      <source>Next face, previous face</source>
      <translation>下一张、上一张人脸</translation>
    </message>
    <message>
      <source>Say who the face is</source>
      <translation>说明这是谁</translation>
    </message>
    <message>
      <source>Pause or resume</source>
      <translation>暂停或继续</translation>
    </message>
    <message>
      <source>Close a message, leave full screen</source>
      <translation>关闭消息，退出全屏</translation>
    </message>
    <message>
      <source>On the video</source>
      <translation>在视频上</translation>
    </message>
    <message>
      <source>Methods explained</source>
      <translation>方法说明</translation>
    </message>
    <message>
      <source>Take the tour</source>
      <translation>开始导览</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>{n} found</source>
      <translation>找到 {n} 个</translation>
    </message>
  </context>
  <context>
    <name>ShotEffectBox</name>
    <message>
      <source>Use as picture</source>
      <translation>用作头像</translation>
    </message>
    <message>
      <source>Use as picture: this shot stands for the person, here and in lists; can be undone</source>
      <translation>用作头像：在这里和列表中以此样本代表此人；可以撤销</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>Other shots recognised</source>
      <translation>其他样本被认出</translation>
    </message>
    <message>
      <source>Each is left out in turn and recognised by the rest</source>
      <translation>依次留出一个，由其余样本来认</translation>
    </message>
    <message>
      <source>Margin to the threshold</source>
      <translation>与阈值的余量</translation>
    </message>
    <message>
      <source>Mean of score minus threshold of the other shots; below 0 they are Unknown</source>
      <translation>其他样本的得分减去阈值的均值；低于 0 即为“未知”</translation>
    </message>
    <message>
      <source>Strangers taken for them</source>
      <translation>被误认作此人的陌生人</translation>
    </message>
    <message>
      <source>Share of the sampled strangers behind the threshold who would get this name</source>
      <translation>用来确定阈值的陌生人样本中，会被认作此人的比例</translation>
    </message>
    <message>
      <source>with → without this shot</source>
      <translation>有 → 没有此样本</translation>
    </message>
    <message>
      <source>Measuring…</source>
      <translation>正在测量…</translation>
    </message>
    <message>
      <source>removed: before → after</source>
      <translation>已删除：之前 → 之后</translation>
    </message>
    <message>
      <source>Hidden, or not embedded yet.</source>
      <translation>已隐藏，或特征尚未提取。</translation>
    </message>
    <message>
      <source>Their only shot.</source>
      <translation>唯一的样本。</translation>
    </message>
    <message>
      <source>The others do not recognise this face.</source>
      <translation>其他样本认不出这张脸。</translation>
    </message>
    <message>
      <source>Only one other shot: nothing to compare.</source>
      <translation>只有一个其他样本：无从比较。</translation>
    </message>
    <message>
      <source>Recognised better without it.</source>
      <translation>去掉它识别得更好。</translation>
    </message>
    <message>
      <source>Recognised better with it.</source>
      <translation>有它识别得更好。</translation>
    </message>
    <message>
      <source>It hardly makes a difference.</source>
      <translation>几乎没有差别。</translation>
    </message>
  </context>
  <context>
    <name>ShotTile</name>
    <message>
      <source>Taken with the environment dial at {setting}</source>
      <translation>拍摄时环境旋钮为：{setting}</translation>
    </message>
    <message>
      <source>Leave this shot out (Del)</source>
      <translation>移除这个样本（Del）</translation>
    </message>
  </context>
  <context>
    <name>SidePanel</name>
    <message>
      <source>Side panel</source>
      <translation>侧边栏</translation>
    </message>
    <message>
      <source>People</source>
      <translation>人员</translation>
    </message>
    <message>
      <source>Enrol</source>
      <translation>录入</translation>
    </message>
    <message>
      <source>Unknown</source>
      <translation>未知</translation>
    </message>
    <message>
      <source>Controls</source>
      <translation>控制</translation>
    </message>
  </context>
  <context>
    <name>Sides</name>
    <message>
      <source>Published network</source>
      <translation>原版网络</translation>
    </message>
    <message>
      <source>without this room</source>
      <translation>不用当前环境</translation>
    </message>
    <message>
      <source>1 shot</source>
      <translation>1 个样本</translation>
    </message>
    <message>
      <source>{named} named · {unknown} Unknown</source>
      <translation>认出 {named} · 未知 {unknown}</translation>
    </message>
    <message>
      <source>{right} right · {missed} Unknown · {wrong} wrong</source>
      <translation>正确 {right} · 未认出 {missed} · 认错 {wrong}</translation>
    </message>
    <message>
      <source>strangers: {away} turned away, {through} let through</source>
      <translation>陌生人：拒绝 {away}，误认 {through}</translation>
    </message>
    <message>
      <source>{n} of {all} faces differ</source>
      <translation>{all} 张脸中有 {n} 张判定不同</translation>
    </message>
  </context>
  <context>
    <name>SourceMenu</name>
    <message>
      <source>&amp;Source</source>
      <translation>来源(&amp;S)</translation>
    </message>
    <message>
      <source>&amp;Video or picture…</source>
      <translation>视频或图片(&amp;V)…</translation>
    </message>
    <message>
      <source>&amp;Folder of pictures…</source>
      <translation>图片文件夹(&amp;F)…</translation>
    </message>
    <message>
      <source>Web &amp;address…</source>
      <translation>网络地址(&amp;A)…</translation>
    </message>
    <message>
      <source>&amp;Demo</source>
      <translation>演示(&amp;D)</translation>
    </message>
    <message>
      <source>Looking for cameras…</source>
      <translation>正在查找摄像头…</translation>
    </message>
    <message>
      <source>Videos and pictures</source>
      <translation>视频和图片</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>所有文件</translation>
    </message>
    <message>
      <source>Show a video or a picture</source>
      <translation>显示视频或图片</translation>
    </message>
    <message>
      <source>Show a folder of pictures</source>
      <translation>显示图片文件夹</translation>
    </message>
    <message>
      <source>Web address</source>
      <translation>网络地址</translation>
    </message>
    <message>
      <source>Address of a network camera or stream (http, https, rtsp):</source>
      <translation>网络摄像头或视频流的地址（http、https、rtsp）：</translation>
    </message>
    <message>
      <source>No camera found</source>
      <translation>没有找到摄像头</translation>
    </message>
  </context>
  <context>
    <name>SourceSection</name>
    <message>
      <source>Source</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>Camera or demo scene</source>
      <translation>摄像头或演示场景</translation>
    </message>
    <message>
      <source>Choose a source</source>
      <translation>选择来源</translation>
    </message>
    <message>
      <source>Look for cameras again</source>
      <translation>重新查找摄像头</translation>
    </message>
    <message>
      <source>File…</source>
      <translation>文件…</translation>
    </message>
    <message>
      <source>Open a video or a picture</source>
      <translation>打开视频或图片</translation>
    </message>
    <message>
      <source>Folder…</source>
      <translation>文件夹…</translation>
    </message>
    <message>
      <source>Open a folder of pictures</source>
      <translation>打开图片文件夹</translation>
    </message>
    <message>
      <source>URL…</source>
      <translation>网址…</translation>
    </message>
    <message>
      <source>Open a network camera or stream</source>
      <translation>打开网络摄像头或视频流</translation>
    </message>
    <message>
      <source>Address of a network camera or stream</source>
      <translation>网络摄像头或视频流的地址</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>打开</translation>
    </message>
    <message>
      <source>Pause or resume the picture</source>
      <translation>暂停或继续画面</translation>
    </message>
    <message>
      <source>Pause</source>
      <translation>暂停</translation>
    </message>
    <message>
      <source>No source is open. Choose one.</source>
      <translation>没有打开来源，请选择一个。</translation>
    </message>
    <message>
      <source>Videos and pictures</source>
      <translation>视频和图片</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>所有文件</translation>
    </message>
    <message>
      <source>A URL begins with rtsp://, http:// or https://. Complete it.</source>
      <translation>网址应以 rtsp://、http:// 或 https:// 开头。请补全。</translation>
    </message>
    <message>
      <source>No camera found</source>
      <translation>没有找到摄像头</translation>
    </message>
    <message>
      <source>Demo scene</source>
      <translation>演示场景</translation>
    </message>
    <message>
      <source>Opening {title} …</source>
      <translation>正在打开 {title}…</translation>
    </message>
    <message>
      <source>Showing {title}.</source>
      <translation>正在显示 {title}。</translation>
    </message>
    <message>
      <source>{title} is paused.</source>
      <translation>{title} 已暂停。</translation>
    </message>
    <message>
      <source>{title} has ended.</source>
      <translation>{title} 已结束。</translation>
    </message>
    <message>
      <source>{title} was lost; trying again …</source>
      <translation>{title} 已断开，正在重试…</translation>
    </message>
    <message>
      <source>{title} could not be opened.</source>
      <translation>无法打开 {title}。</translation>
    </message>
  </context>
  <context>
    <name>Sources</name>
    <message>
      <source>Camera {number}</source>
      <translation>摄像头 {number}</translation>
    </message>
    <message>
      <source>the demo</source>
      <translation>演示</translation>
    </message>
    <message>
      <source>the stream</source>
      <translation>视频流</translation>
    </message>
    <message>
      <source>Demo scene</source>
      <translation>演示场景</translation>
    </message>
  </context>
  <context>
    <name>SplitView</name>
    <message>
      <source>Adapting…</source>
      <translation>正在适应…</translation>
    </message>
  </context>
  <context>
    <name>StatusLine</name>
    <message>
      <source>Models</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>Loading models…</source>
      <translation>正在加载模型…</translation>
    </message>
    <message>
      <source>Detector {detector} · embedder {embedder} · on {device} · strangers let through: {fpir}</source>
      <translation>检测器 {detector} · 特征提取器 {embedder} · 运行于 {device} · 误认陌生人：{fpir}</translation>
    </message>
  </context>
  <context>
    <name>StepHeading</name>
    <message>
      <source>done</source>
      <translation>完成</translation>
    </message>
  </context>
  <context>
    <name>StoredInfo</name>
    <message>
      <source>What is stored?</source>
      <translation>会保存什么？</translation>
    </message>
    <message>
      <source>What is stored</source>
      <translation>保存的内容</translation>
    </message>
    <message>
      <source>The shots you see here (the face and a little around it), numbers computed from them that recognise the face, the name, when the person was last seen, and this consent with its date.</source>
      <translation>这里看到的样本（人脸及周围一小部分）、由其算出的用于识别人脸的数字、姓名、此人最近出现的时间，以及这份同意记录及其日期。</translation>
    </message>
    <message>
      <source>Where</source>
      <translation>保存在哪里</translation>
    </message>
    <message>
      <source>In one gallery file on this computer. None of it is sent anywhere.</source>
      <translation>保存在这台电脑上的一个人脸库文件中，不会发送到任何地方。</translation>
    </message>
    <message>
      <source>How to delete it</source>
      <translation>如何删除</translation>
    </message>
    <message>
      <source>Choose the person under People and press Delete. It can be undone for ten seconds; then everything about them is overwritten in the file. Files that you exported are yours to delete.</source>
      <translation>在“人员”中选择此人并按“删除”。十秒内可以撤销，之后文件中有关此人的一切都会被覆盖。你导出的文件需自行删除。</translation>
    </message>
  </context>
  <context>
    <name>StrangersBars</name>
    <message>
      <source>Strangers let through here</source>
      <translation>此处被误认的陌生人</translation>
    </message>
    <message>
      <source>before</source>
      <translation>之前</translation>
    </message>
    <message>
      <source>now</source>
      <translation>现在</translation>
    </message>
  </context>
  <context>
    <name>Strategies</name>
    <message>
      <source>Prototypes</source>
      <translation>原型网络</translation>
    </message>
    <message>
      <source>MAML</source>
      <translation>MAML</translation>
    </message>
    <message>
      <source>Matching</source>
      <translation>匹配网络</translation>
    </message>
    <message>
      <source>Prototypes, augmented</source>
      <translation>原型网络，数据增强</translation>
    </message>
    <message>
      <source>Meta network</source>
      <translation>元网络</translation>
    </message>
    <message>
      <source>Task clusters</source>
      <translation>任务聚类</translation>
    </message>
    <message>
      <source>Reptile</source>
      <translation>Reptile</translation>
    </message>
    <message>
      <source>Learned optimizer</source>
      <translation>元优化器</translation>
    </message>
    <message>
      <source>Siamese</source>
      <translation>孪生网络</translation>
    </message>
    <message>
      <source>MAML, ten steps</source>
      <translation>MAML，十步</translation>
    </message>
    <message>
      <source>MAML, small rate</source>
      <translation>MAML，小学习率</translation>
    </message>
    <message>
      <source>MAML, augmented</source>
      <translation>MAML，数据增强</translation>
    </message>
    <message>
      <source>Prototypes, Euclidean</source>
      <translation>原型网络，欧氏距离</translation>
    </message>
    <message>
      <source>Prototypes, Mahalanobis</source>
      <translation>原型网络，马氏距离</translation>
    </message>
  </context>
  <context>
    <name>StudioDock</name>
    <message>
      <source>Studio</source>
      <translation>工作台</translation>
    </message>
  </context>
  <context>
    <name>StudioPages</name>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>&amp;Method and its settings</source>
      <translation>方法及其设置(&amp;M)</translation>
    </message>
    <message>
      <source>Compare</source>
      <translation>对比</translation>
    </message>
    <message>
      <source>&amp;Compare methods</source>
      <translation>方法对比(&amp;C)</translation>
    </message>
    <message>
      <source>Map</source>
      <translation>分布图</translation>
    </message>
    <message>
      <source>M&amp;ap of the embeddings</source>
      <translation>嵌入分布图(&amp;A)</translation>
    </message>
    <message>
      <source>Why</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>&amp;Why this name?</source>
      <translation>为何是这个姓名？(&amp;W)</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>报告</translation>
    </message>
    <message>
      <source>&amp;Report on all methods</source>
      <translation>所有方法的报告(&amp;R)</translation>
    </message>
    <message>
      <source>Room</source>
      <translation>环境</translation>
    </message>
    <message>
      <source>Roo&amp;m and environment dial</source>
      <translation>环境适应与环境旋钮(&amp;M)</translation>
    </message>
  </context>
  <context>
    <name>TermsPopup</name>
    <message>
      <source>What the person agrees to</source>
      <translation>本人同意的内容</translation>
    </message>
    <message>
      <source>Purpose</source>
      <translation>用途</translation>
    </message>
    <message>
      <source>Who agreed, and how</source>
      <translation>由谁同意，如何同意</translation>
    </message>
    <message>
      <source>Standard wording</source>
      <translation>标准文字</translation>
    </message>
    <message>
      <source>Both are kept with the consent, as are its date and the version of this wording ({no}).</source>
      <translation>两者都与同意记录一起保存，同时保存日期和本文本的版本（{no}）。</translation>
    </message>
  </context>
  <context>
    <name>TitleBadge</name>
    <message>
      <source>Show another method's names in this view</source>
      <translation>在此视图中显示另一种方法给出的姓名</translation>
    </message>
    <message>
      <source>Method of this view</source>
      <translation>此视图的方法</translation>
    </message>
    <message>
      <source>Room</source>
      <translation>环境</translation>
    </message>
    <message>
      <source>Adapted to this room’s faces as well, or to the enrolled people alone</source>
      <translation>同时适应当前环境的人脸，或只适应已录入的人</translation>
    </message>
    <message>
      <source>1 shot</source>
      <translation>1 个样本</translation>
    </message>
    <message>
      <source>Learned from one shot of each person, or from all</source>
      <translation>每人只用一个样本学习，或用全部样本</translation>
    </message>
  </context>
  <context>
    <name>ToastBar</name>
    <message>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>Copy details</source>
      <translation>复制详情</translation>
    </message>
    <message>
      <source>Close the message</source>
      <translation>关闭消息</translation>
    </message>
    <message>
      <source>Close (Esc)</source>
      <translation>关闭（Esc）</translation>
    </message>
  </context>
  <context>
    <name>TourCallout</name>
    <message>
      <source>{number} of {count}</source>
      <translation>{number} / {count}</translation>
    </message>
    <message>
      <source>Skip</source>
      <translation>跳过</translation>
    </message>
    <message>
      <source>End the tour (Esc); it is in the Help menu</source>
      <translation>结束导览（Esc）；“帮助”菜单中可重新开始</translation>
    </message>
    <message>
      <source>Back</source>
      <translation>上一步</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>完成</translation>
    </message>
    <message>
      <source>Next</source>
      <translation>下一步</translation>
    </message>
    <message>
      <source>Tour: {title}</source>
      <translation>导览：{title}</translation>
    </message>
  </context>
  <context>
    <name>TrialBars</name>
    <message>
      <source>Strategies that Auto tried</source>
      <translation>“自动”试过的策略</translation>
    </message>
    <message>
      <source>Tried on degraded shots; expected % right</source>
      <translation>在降质样本上试验；预期正确率 %</translation>
    </message>
  </context>
  <context>
    <name>Trouble</name>
    <message>
      <source>Log: {path}</source>
      <translation>日志：{path}</translation>
    </message>
  </context>
  <context>
    <name>Undo</name>
    <message>
      <source>Enrolled {name}</source>
      <translation>已录入 {name}</translation>
    </message>
    <message>
      <source>Added a shot to {name}</source>
      <translation>已为 {name} 添加一个样本</translation>
    </message>
    <message>
      <source>Added shots to {name}</source>
      <translation>已为 {name} 添加样本</translation>
    </message>
    <message>
      <source>Remembered: not {name}</source>
      <translation>已记住：不是 {name}</translation>
    </message>
    <message>
      <source>Renamed to {name}</source>
      <translation>已重命名为 {name}</translation>
    </message>
    <message>
      <source>Merged into {name}</source>
      <translation>已合并到 {name}</translation>
    </message>
    <message>
      <source>Deleted {name}</source>
      <translation>已删除 {name}</translation>
    </message>
    <message>
      <source>Deleted a shot</source>
      <translation>已删除一个样本</translation>
    </message>
    <message>
      <source>Removed: not {name}</source>
      <translation>已移除：不是 {name}</translation>
    </message>
    <message>
      <source>New picture of {name}</source>
      <translation>“{name}”换了头像</translation>
    </message>
    <message>
      <source>Hid {name}</source>
      <translation>已隐藏“{name}”</translation>
    </message>
    <message>
      <source>{name} is recognised again</source>
      <translation>已恢复识别“{name}”</translation>
    </message>
    <message>
      <source>Remembered: {name} is somebody else</source>
      <translation>已记住：“{name}”是另一个人</translation>
    </message>
  </context>
  <context>
    <name>UnknownCard</name>
    <message>
      <source>Give this person a name</source>
      <translation>给此人命名</translation>
    </message>
    <message>
      <source>Forget this face (Del)</source>
      <translation>忘记这张脸（Del）</translation>
    </message>
    <message>
      <source>Unknown person, seen {n} times</source>
      <translation>未知的人，出现 {n} 次</translation>
    </message>
  </context>
  <context>
    <name>UnknownTray</name>
    <message>
      <source>Unknown faces</source>
      <translation>未知人脸</translation>
    </message>
    <message>
      <source>No unknown faces</source>
      <translation>没有未知人脸</translation>
    </message>
    <message>
      <source>People seen but not recognised wait here for a name.</source>
      <translation>出现过但未被认出的人会在这里等待命名。</translation>
    </message>
    <message>
      <source>Unknown faces ({n})</source>
      <translation>未知人脸（{n}）</translation>
    </message>
  </context>
  <context>
    <name>WhoIsThisPopup</name>
    <message>
      <source>Who is this?</source>
      <translation>这是谁？</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>保存</translation>
    </message>
    <message>
      <source>Why this name?</source>
      <translation>为何是这个姓名？</translation>
    </message>
    <message>
      <source>Show who is near, and which parts of the face matter</source>
      <translation>显示谁与之相近，以及脸的哪些部分重要</translation>
    </message>
    <message>
      <source>Recognised as {name}. Is that right?</source>
      <translation>识别为 {name}，对吗？</translation>
    </message>
    <message>
      <source>Yes, it is {name}</source>
      <translation>对，是 {name}</translation>
    </message>
    <message>
      <source>Not {name}</source>
      <translation>不是 {name}</translation>
    </message>
    <message>
      <source>Remembers a picture of this face, on this computer, as “not {name}”: no method will give it that name again. It can be undone.</source>
      <translation>在这台电脑上把这张脸的图片记为“不是 {name}”：任何方法都不会再给它这个姓名。可以撤销。</translation>
    </message>
    <message>
      <source>You said who this is not. Who is it?</source>
      <translation>你已指出这不是谁。那么是谁？</translation>
    </message>
    <message>
      <source>Not recognised. Who is it?</source>
      <translation>未认出。这是谁？</translation>
    </message>
    <message>
      <source>The shots are taken from what was seen of this face.</source>
      <translation>样本取自已看到的这张脸。</translation>
    </message>
    <message>
      <source>Adds the best picture of this face to the shots of {name}. It can be undone.</source>
      <translation>把这张脸最好的画面添加到 {name} 的样本中，可以撤销。</translation>
    </message>
    <message>
      <source>{name}?</source>
      <translation>{name}？</translation>
    </message>
    <message>
      <source>have them look at the camera for a moment</source>
      <translation>请让此人看着摄像头片刻</translation>
    </message>
    <message>
      <source>Not seen well enough to learn from: {advice}.</source>
      <translation>还没有看清楚，无法从中学习：{advice}。</translation>
    </message>
    <message>
      <source>Resume the video first (P).</source>
      <translation>请先继续播放视频 (P)。</translation>
    </message>
    <message>
      <source>type a name</source>
      <translation>输入姓名</translation>
    </message>
    <message>
      <source>tick the consent</source>
      <translation>勾选同意</translation>
    </message>
    <message>
      <source>Still to do: {what}.</source>
      <translation>还需要：{what}。</translation>
    </message>
    <message>
      <source>Save, recognise this person from now on, and remember that this face is not {name} (Enter)</source>
      <translation>保存，从现在起认出此人，并记住这张脸不是 {name}（Enter）</translation>
    </message>
    <message>
      <source>Save, and recognise this person from now on (Enter)</source>
      <translation>保存，从现在起认出此人（Enter）</translation>
    </message>
  </context>
  <context>
    <name>Why</name>
    <message>
      <source>Nobody is enrolled → Unknown</source>
      <translation>还没有录入任何人 → 未知</translation>
    </message>
    <message>
      <source>You said this is not {denied}; {name}: margin {margin} → named</source>
      <translation>你说过这不是 {denied}；{name}：余量 {margin} → 已认出</translation>
    </message>
    <message>
      <source>{name}: margin {margin} → named</source>
      <translation>{name}：余量 {margin} → 已认出</translation>
    </message>
    <message>
      <source>You said this is not {denied} → Unknown</source>
      <translation>你说过这不是 {denied} → 未知</translation>
    </message>
    <message>
      <source>Nearest is {name}: margin {margin} → Unknown</source>
      <translation>最接近 {name}：余量 {margin} → 未知</translation>
    </message>
  </context>
  <context>
    <name>WhyPage</name>
    <message>
      <source>Why this name?</source>
      <translation>为何是这个姓名？</translation>
    </message>
    <message>
      <source>&amp;Heat map</source>
      <translation>热力图(&amp;H)</translation>
    </message>
    <message>
      <source>Colour the places that lower the score most when covered</source>
      <translation>给遮住后得分下降最多的位置着色</translation>
    </message>
    <message>
      <source>&amp;Next face</source>
      <translation>下一张脸(&amp;N)</translation>
    </message>
    <message>
      <source>Explain the next face on screen (→); ← goes back</source>
      <translation>分析画面中的下一张脸（→）；← 返回</translation>
    </message>
    <message>
      <source>&amp;Explain again</source>
      <translation>重新分析(&amp;E)</translation>
    </message>
    <message>
      <source>Explain the same face again, as it is now</source>
      <translation>按现在的样子重新分析同一张脸</translation>
    </message>
    <message>
      <source>Looking at the face</source>
      <translation>正在分析人脸</translation>
    </message>
    <message>
      <source>Scores</source>
      <translation>得分</translation>
    </message>
    <message>
      <source>Nearest shots</source>
      <translation>最近的样本</translation>
    </message>
    <message>
      <source>Looks</source>
      <translation>各次观察</translation>
    </message>
    <message>
      <source>This picture</source>
      <translation>这张画面</translation>
    </message>
    <message>
      <source>Looking at the face…</source>
      <translation>正在分析人脸…</translation>
    </message>
    <message>
      <source>It takes about a second.</source>
      <translation>大约需要一秒钟。</translation>
    </message>
    <message>
      <source>This face has left</source>
      <translation>这张脸已离开</translation>
    </message>
    <message>
      <source>Pick another one: click it in the picture, or press “Next face”.</source>
      <translation>请另选一张：在画面中点击，或按“下一张脸”。</translation>
    </message>
    <message>
      <source>The people have changed</source>
      <translation>人员已有变动</translation>
    </message>
    <message>
      <source>Press “Explain again”.</source>
      <translation>请按“重新分析”。</translation>
    </message>
    <message>
      <source>No answer</source>
      <translation>没有得到结果</translation>
    </message>
    <message>
      <source>The engine is busy. Press “Explain again” in a moment.</source>
      <translation>引擎正忙。请稍后按“重新分析”。</translation>
    </message>
    <message>
      <source>The last request was not answered. Press “Explain again” in a moment.</source>
      <translation>上次的分析没有得到结果。请稍后按“重新分析”。</translation>
    </message>
    <message>
      <source>Why does a face have its name?</source>
      <translation>为什么这张脸被认作此人？</translation>
    </message>
    <message>
      <source>Pick a face: click it in the picture, or press “Next face”.</source>
      <translation>选择一张脸：在画面中点击，或按“下一张脸”。</translation>
    </message>
    <message>
      <source>Enrol somebody, then press “Explain again”.</source>
      <translation>先录入人员，再按“重新分析”。</translation>
    </message>
    <message>
      <source>Face #{id} · {method} · looks that count: {looks} · {seconds} s</source>
      <translation>人脸 #{id} · {method} · 计入 {looks} 次观察 · {seconds} 秒</translation>
    </message>
    <message>
      <source>up to −{fall}</source>
      <translation>最多 −{fall}</translation>
    </message>
    <message>
      <source>How much {name}’s score falls when that part is covered</source>
      <translation>遮住该部分时 {name} 的得分下降多少</translation>
    </message>
  </context>
  <context>
    <name>_List</name>
    <message>
      <source>{trial} (chosen)</source>
      <translation>{trial}（选中）</translation>
    </message>
  </context>
  <context>
    <name>_PassphraseDialog</name>
    <message>
      <source>Passphrase</source>
      <translation>口令</translation>
    </message>
    <message>
      <source>Show what I type</source>
      <translation>显示输入内容</translation>
    </message>
  </context>
  <context>
    <name>_Row</name>
    <message>
      <source>Compare all</source>
      <translation>全部对比</translation>
    </message>
    <message>
      <source>Run all methods on the same frames, or only the one that decides (C)</source>
      <translation>让所有方法处理相同的帧，或只运行判定的方法（C）</translation>
    </message>
    <message>
      <source>All</source>
      <translation>全部</translation>
    </message>
  </context>
  <context>
    <name>_SpinEditor</name>
    <message>
      <source>Less</source>
      <translation>减小</translation>
    </message>
    <message>
      <source>More</source>
      <translation>增大</translation>
    </message>
  </context>
</TS>
