<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>Account</name>
  <message>
   <source>Last export</source>
   <translation>上次导出</translation>
  </message>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Frames</source>
   <translation>帧数</translation>
  </message>
  <message>
   <source>Made by</source>
   <translation>制作者</translation>
  </message>
  <message>
   <source> on </source>
   <translation> 在 </translation>
  </message>
  <message>
   <source>Speed</source>
   <translation>速度</translation>
  </message>
  <message>
   <source>{0:.2f} x real time</source>
   <translation>实时的 {0:.2f} 倍</translation>
  </message>
  <message>
   <source>{0} frames show no face and were left as they are.</source>
   <translation>{0} 帧中没有人脸，保持原样。</translation>
  </message>
 </context>
 <context>
  <name>Bin</name>
  <message>
   <source>Looking at it…</source>
   <translation>正在查看…</translation>
  </message>
  <message>
   <source>{0:.5g} fps</source>
   <translation>{0:.5g} 帧/秒</translation>
  </message>
  <message>
   <source>no sound</source>
   <translation>没有声音</translation>
  </message>
 </context>
 <context>
  <name>BinCommands</name>
  <message>
   <source>Add media</source>
   <translation>添加媒体</translation>
  </message>
  <message>
   <source>Add a folder</source>
   <translation>添加文件夹</translation>
  </message>
  <message>
   <source>Where are the missing media?</source>
   <translation>缺失的媒体在哪里？</translation>
  </message>
  <message>
   <source>Recording</source>
   <translation>录音</translation>
  </message>
  <message>
   <source>Select a voice first, in the bin or on the timeline.</source>
   <translation>请先在素材库或时间线上选择一段语音。</translation>
  </message>
  <message>
   <source>Pasted photo</source>
   <translation>粘贴的照片</translation>
  </message>
 </context>
 <context>
  <name>BinPanel</name>
  <message>
   <source>Search media</source>
   <translation>搜索媒体</translation>
  </message>
  <message>
   <source>Drop media here</source>
   <translation>把媒体拖到这里</translation>
  </message>
  <message>
   <source>Videos, photos, voices, or whole folders, anywhere on the window.</source>
   <translation>视频、照片、语音或整个文件夹，拖到窗口任意位置即可。</translation>
  </message>
  <message>
   <source>Add media…</source>
   <translation>添加媒体…</translation>
  </message>
  <message>
   <source>Media</source>
   <translation>媒体</translation>
  </message>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Videos</source>
   <translation>视频</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>Voices</source>
   <translation>语音</translation>
  </message>
  <message>
   <source>Show in its folder</source>
   <translation>在文件夹中显示</translation>
  </message>
 </context>
 <context>
  <name>Canvas</name>
  <message>
   <source>Picture</source>
   <translation>画面</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>源</translation>
  </message>
  <message>
   <source>Dubbed</source>
   <translation>配音后</translation>
  </message>
  <message>
   <source>Nothing is dubbed here</source>
   <translation>这里没有配音</translation>
  </message>
  <message>
   <source>Face {0}</source>
   <translation>人脸 {0}</translation>
  </message>
  <message>
   <source>{0}, dubbed</source>
   <translation>{0}，已配音</translation>
  </message>
 </context>
 <context>
  <name>Choice</name>
  <message>
   <source>Mixed</source>
   <translation>不一致</translation>
  </message>
 </context>
 <context>
  <name>CommandLine</name>
  <message>
   <source>The command line ended without an answer.</source>
   <translation>命令行没有给出回答就结束了。</translation>
  </message>
 </context>
 <context>
  <name>ComparisonStrip</name>
  <message>
   <source>Dubbing…</source>
   <translation>正在配音…</translation>
  </message>
  <message>
   <source>{0:.2f} s on {1}</source>
   <translation>{0:.2f} 秒，在 {1} 上</translation>
  </message>
 </context>
 <context>
  <name>Consent</name>
  <message>
   <source>You are about to make a video in which a person appears to say what they did not say. Do so only if they agreed, or if they are yourself. Your answer is kept in the project.</source>
   <translation>您将制作一段视频，其中的人看起来在说他们没有说过的话。只有在对方同意，或者那就是您本人时才这样做。您的回答会保存在项目中。</translation>
  </message>
  <message>
   <source>Name, or how you call them</source>
   <translation>姓名，或您对其的称呼</translation>
  </message>
  <message>
   <source>the person shown</source>
   <translation>画面中的人</translation>
  </message>
  <message>
   <source>Nothing was exported.</source>
   <translation>没有导出任何内容。</translation>
  </message>
  <message>
   <source>Does the person shown agree?</source>
   <translation>画面中的人同意吗？</translation>
  </message>
  <message>
   <source>They agreed</source>
   <translation>已同意</translation>
  </message>
  <message>
   <source>They did not</source>
   <translation>未同意</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Who is shown</source>
   <translation>画面中是谁</translation>
  </message>
 </context>
 <context>
  <name>DiagnosticsPage</name>
  <message>
   <source>Diagnostics</source>
   <translation>诊断</translation>
  </message>
  <message>
   <source>What works on this machine, and what to do about the rest.</source>
   <translation>这台机器上哪些可用，其余的该怎么办。</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>重新检查</translation>
  </message>
  <message>
   <source>Copy the report</source>
   <translation>复制报告</translation>
  </message>
  <message>
   <source>Looking…</source>
   <translation>正在检查…</translation>
  </message>
  <message>
   <source>Everything is fine.</source>
   <translation>一切正常。</translation>
  </message>
  <message>
   <source>What to do</source>
   <translation>该做什么</translation>
  </message>
  <message>
   <source>Program and machine</source>
   <translation>程序与机器</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Codecs</source>
   <translation>编解码器</translation>
  </message>
  <message>
   <source>Parts that the studio needs</source>
   <translation>工作室需要的部件</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Packages</source>
   <translation>软件包</translation>
  </message>
  <message>
   <source>{0} of {1} free</source>
   <translation>共 {1}，可用 {0}</translation>
  </message>
  <message>
   <source>System</source>
   <translation>系统</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>处理器</translation>
  </message>
  <message>
   <source>{0}, {1} cores</source>
   <translation>{0}，{1} 核</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>内存</translation>
  </message>
  <message>
   <source>Graphics</source>
   <translation>显卡</translation>
  </message>
  <message>
   <source>No CUDA GPU: networks run on the processor</source>
   <translation>没有 CUDA GPU：网络在处理器上运行</translation>
  </message>
  <message>
   <source>Engine</source>
   <translation>引擎</translation>
  </message>
  <message>
   <source>runs here</source>
   <translation>可在此运行</translation>
  </message>
  <message>
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <source>read by {0}, written by {1}</source>
   <translation>由 {0} 读取，由 {1} 写入</translation>
  </message>
  <message>
   <source>In hardware</source>
   <translation>硬件</translation>
  </message>
  <message>
   <source>no encoder works on this machine</source>
   <translation>这台机器上没有可用的硬件编码器</translation>
  </message>
  <message>
   <source>installed</source>
   <translation>已安装</translation>
  </message>
  <message>
   <source>not there yet</source>
   <translation>尚不存在</translation>
  </message>
  <message>
   <source>starting</source>
   <translation>正在启动</translation>
  </message>
  <message>
   <source>running</source>
   <translation>正在运行</translation>
  </message>
  <message>
   <source>ended, is started again</source>
   <translation>已结束，正在重新启动</translation>
  </message>
  <message>
   <source>cannot be started</source>
   <translation>无法启动</translation>
  </message>
  <message>
   <source>not started yet</source>
   <translation>尚未启动</translation>
  </message>
  <message>
   <source>The report is on the clipboard</source>
   <translation>报告已复制到剪贴板</translation>
  </message>
 </context>
 <context>
  <name>Dock</name>
  <message>
   <source>Undock or dock {0}</source>
   <translation>取消停靠或停靠 {0}</translation>
  </message>
  <message>
   <source>Close {0}</source>
   <translation>关闭 {0}</translation>
  </message>
 </context>
 <context>
  <name>DropHint</name>
  <message>
   <source>Drop to add to the project</source>
   <translation>松开即可添加到项目</translation>
  </message>
 </context>
 <context>
  <name>EverythingDialog</name>
  <message>
   <source>Queue everything</source>
   <translation>全部加入队列</translation>
  </message>
  <message>
   <source>Faces</source>
   <translation>人脸</translation>
  </message>
  <message>
   <source>Voices</source>
   <translation>语音</translation>
  </message>
  <message>
   <source>One export for each pair of a face and a voice.</source>
   <translation>每一对人脸和语音导出一个文件。</translation>
  </message>
  <message>
   <source>Every face with every voice</source>
   <translation>每张人脸配每段语音</translation>
  </message>
  <message>
   <source>One by one, in this order</source>
   <translation>按此顺序一一对应</translation>
  </message>
  <message>
   <source>Add files</source>
   <translation>添加文件</translation>
  </message>
  <message>
   <source>Add the files of a folder</source>
   <translation>添加文件夹中的文件</translation>
  </message>
 </context>
 <context>
  <name>ExportDialog</name>
  <message>
   <source>Export</source>
   <translation>导出</translation>
  </message>
  <message numerus="yes">
   <source>%n voice(s)</source>
   <translation>
    <numerusform>%n 段语音</numerusform>
   </translation>
  </message>
  <message>
   <source>Show</source>
   <translation>显示</translation>
  </message>
 </context>
 <context>
  <name>ExportForm</name>
  <message>
   <source>Choose…</source>
   <translation>选择…</translation>
  </message>
  <message>
   <source>Say in a corner that the picture was generated</source>
   <translation>在角落标明画面由 AI 生成</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>格式</translation>
  </message>
  <message>
   <source>Encoder</source>
   <translation>编码器</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Software, best quality</source>
   <translation>软件，质量最好</translation>
  </message>
  <message>
   <source>{0}, in hardware: faster</source>
   <translation>{0}，硬件编码：更快</translation>
  </message>
  <message>
   <source>Folder for exports</source>
   <translation>导出文件夹</translation>
  </message>
 </context>
 <context>
  <name>ExportFormat</name>
  <message>
   <source>sound alone</source>
   <translation>只有声音</translation>
  </message>
  <message>
   <source>at most {0} × {1}</source>
   <translation>最大 {0} × {1}</translation>
  </message>
  <message>
   <source>{0} Mbit/s</source>
   <translation>{0} Mbit/s</translation>
  </message>
  <message>
   <source>sound as it is</source>
   <translation>声音保持原样</translation>
  </message>
  <message>
   <source>up to {0} s</source>
   <translation>最长 {0} 秒</translation>
  </message>
  <message>
   <source>H.264, as good as the source</source>
   <translation>H.264，与源同样好</translation>
  </message>
  <message>
   <source>{0}, as set in the inspector</source>
   <translation>{0}，按检查器中的设置</translation>
  </message>
 </context>
 <context>
  <name>ExportPage</name>
  <message>
   <source>Quality (CRF)</source>
   <translation>质量 (CRF)</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>格式</translation>
  </message>
  <message>
   <source>Smaller numbers are better and larger files.</source>
   <translation>数字越小质量越好，文件越大。</translation>
  </message>
  <message>
   <source>End with the clip</source>
   <translation>随片段结束</translation>
  </message>
  <message>
   <source>Start the clip over</source>
   <translation>从头再放片段</translation>
  </message>
  <message>
   <source>Play it backwards and forwards</source>
   <translation>正放再倒放</translation>
  </message>
  <message>
   <source>Hold the last frame</source>
   <translation>停在最后一帧</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>自动</translation>
  </message>
  <message>
   <source>CPU</source>
   <translation>CPU</translation>
  </message>
  <message>
   <source>Choose the folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Beside the project</source>
   <translation>项目旁边</translation>
  </message>
  <message>
   <source>Export…</source>
   <translation>导出…</translation>
  </message>
  <message>
   <source>Project</source>
   <translation>项目</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>导出</translation>
  </message>
  <message>
   <source>Codec</source>
   <translation>编解码器</translation>
  </message>
  <message>
   <source>File type</source>
   <translation>文件类型</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>When the voice is longer than the clip</source>
   <translation>当语音比片段长时</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>设备</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>精度</translation>
  </message>
  <message>
   <source>Length</source>
   <translation>长度</translation>
  </message>
  <message>
   <source>empty</source>
   <translation>空</translation>
  </message>
  <message>
   <source>Clips</source>
   <translation>片段</translation>
  </message>
  <message>
   <source>Segments</source>
   <translation>配音段</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Codec and quality of your choice</source>
   <translation>自选编码和质量</translation>
  </message>
  <message>
   <source>Where exports go</source>
   <translation>导出位置</translation>
  </message>
 </context>
 <context>
  <name>ExportSheet</name>
  <message>
   <source>Add to the queue</source>
   <translation>加入队列</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
 </context>
 <context>
  <name>FacePicker</name>
  <message>
   <source>The selected segments speak for different faces.</source>
   <translation>所选配音段属于不同的人脸。</translation>
  </message>
  <message>
   <source>There is no picture under it; the face is made from the voice, by a model that can.</source>
   <translation>下面没有画面；人脸由支持的模型根据语音生成。</translation>
  </message>
  <message>
   <source>No face was found at the beginning; pick one in the viewer.</source>
   <translation>开头没有找到人脸；请在查看器中选择一张。</translation>
  </message>
  <message>
   <source>From voice</source>
   <translation>来自语音</translation>
  </message>
 </context>
 <context>
  <name>Guide</name>
  <message>
   <source>User guide</source>
   <translation>用户指南</translation>
  </message>
 </context>
 <context>
  <name>ImagineDialog</name>
  <message>
   <source>Imagine a face</source>
   <translation>想象一张脸</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Other faces</source>
   <translation>换一批</translation>
  </message>
  <message>
   <source>Use this face</source>
   <translation>使用这张脸</translation>
  </message>
  <message>
   <source>Faces that this voice may belong to</source>
   <translation>这段语音可能属于的面孔</translation>
  </message>
  <message>
   <source>An imagined face is an illustration, never evidence of what someone looks like.</source>
   <translation>想象出的面孔只是示意图，绝不能作为某人真实长相的依据。</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
 </context>
 <context>
  <name>InspectorPanel</name>
  <message>
   <source>Inspector</source>
   <translation>检查器</translation>
  </message>
  <message>
   <source>{0:.0f} ms a frame here</source>
   <translation>这里每帧 {0:.0f} 毫秒</translation>
  </message>
  <message>
   <source>{0:.2f} x real time here</source>
   <translation>这里为实时的 {0:.2f} 倍</translation>
  </message>
 </context>
 <context>
  <name>Intake</name>
  <message>
   <source>There are no media in what was dropped.</source>
   <translation>拖入的内容中没有媒体。</translation>
  </message>
  <message>
   <source>Found {0} of {1} files.</source>
   <translation>找到 {1} 个文件中的 {0} 个。</translation>
  </message>
  <message>
   <source>None of the missing files is in that folder.</source>
   <translation>缺失的文件都不在该文件夹中。</translation>
  </message>
 </context>
 <context>
  <name>KeyField</name>
  <message>
   <source>Press keys…</source>
   <translation>请按键…</translation>
  </message>
  <message>
   <source>no shortcut</source>
   <translation>没有快捷键</translation>
  </message>
 </context>
 <context>
  <name>LaneHeader</name>
  <message>
   <source>Mute the lane</source>
   <translation>将轨道静音</translation>
  </message>
  <message>
   <source>Mute {0}</source>
   <translation>将 {0} 静音</translation>
  </message>
 </context>
 <context>
  <name>MarkerPage</name>
  <message>
   <source>No name</source>
   <translation>无名称</translation>
  </message>
  <message>
   <source>Blue</source>
   <translation>蓝色</translation>
  </message>
  <message>
   <source>Green</source>
   <translation>绿色</translation>
  </message>
  <message>
   <source>Yellow</source>
   <translation>黄色</translation>
  </message>
  <message>
   <source>Red</source>
   <translation>红色</translation>
  </message>
  <message>
   <source>Marker</source>
   <translation>标记</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Colour</source>
   <translation>颜色</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时间</translation>
  </message>
 </context>
 <context>
  <name>MediaPage</name>
  <message>
   <source>Clip</source>
   <translation>片段</translation>
  </message>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Used</source>
   <translation>使用</translation>
  </message>
  <message>
   <source>{0} times on the timeline</source>
   <translation>在时间线上 {0} 次</translation>
  </message>
  <message>
   <source>not yet</source>
   <translation>尚未</translation>
  </message>
  <message>
   <source>{0} to {1}</source>
   <translation>{0} 到 {1}</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>位置</translation>
  </message>
  <message>
   <source>Shows</source>
   <translation>显示</translation>
  </message>
 </context>
 <context>
  <name>MediaWords</name>
  <message>
   <source>Video</source>
   <translation>视频</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>Sound</source>
   <translation>声音</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>类型</translation>
  </message>
  <message>
   <source>{0:.6g} frames a second</source>
   <translation>每秒 {0:.6g} 帧</translation>
  </message>
  <message>
   <source>Length</source>
   <translation>长度</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>画面</translation>
  </message>
  <message>
   <source>Frame rate</source>
   <translation>帧率</translation>
  </message>
  <message>
   <source>{0}, uneven</source>
   <translation>{0}，不均匀</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>是</translation>
  </message>
  <message>
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
 </context>
 <context>
  <name>Menus</name>
  <message>
   <source>Rename the lane…</source>
   <translation>重命名轨道…</translation>
  </message>
  <message>
   <source>Mute the lane</source>
   <translation>将轨道静音</translation>
  </message>
  <message>
   <source>Move up</source>
   <translation>上移</translation>
  </message>
  <message>
   <source>Move down</source>
   <translation>下移</translation>
  </message>
  <message>
   <source>Remove the lane</source>
   <translation>移除轨道</translation>
  </message>
  <message>
   <source>Name of the voice lane</source>
   <translation>语音轨道的名称</translation>
  </message>
  <message>
   <source>Name of the marker</source>
   <translation>标记的名称</translation>
  </message>
  <message>
   <source>Voice</source>
   <translation>语音</translation>
  </message>
  <message>
   <source>Face</source>
   <translation>人脸</translation>
  </message>
  <message>
   <source>There is no voice in the bin yet</source>
   <translation>媒体箱中还没有语音</translation>
  </message>
  <message>
   <source>Rename the marker…</source>
   <translation>重命名标记…</translation>
  </message>
  <message>
   <source>Colour</source>
   <translation>颜色</translation>
  </message>
  <message>
   <source>Blue</source>
   <translation>蓝色</translation>
  </message>
  <message>
   <source>Green</source>
   <translation>绿色</translation>
  </message>
  <message>
   <source>Yellow</source>
   <translation>黄色</translation>
  </message>
  <message>
   <source>Red</source>
   <translation>红色</translation>
  </message>
  <message>
   <source>Remove the marker</source>
   <translation>移除标记</translation>
  </message>
 </context>
 <context>
  <name>Meter</name>
  <message>
   <source>Level</source>
   <translation>电平</translation>
  </message>
 </context>
 <context>
  <name>ModelCardView</name>
  <message>
   <source>Does not take what is selected.</source>
   <translation>不接受所选内容。</translation>
  </message>
  <message>
   <source>photo</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>video</source>
   <translation>视频</translation>
  </message>
  <message>
   <source>voice alone</source>
   <translation>只需语音</translation>
  </message>
  <message>
   <source>Limits</source>
   <translation>限制</translation>
  </message>
  <message>
   <source>Paper</source>
   <translation>论文</translation>
  </message>
  <message>
   <source>Licence</source>
   <translation>许可证</translation>
  </message>
  <message>
   <source>code {0}, weights {1}</source>
   <translation>代码 {0}，权重 {1}</translation>
  </message>
  <message>
   <source>Trained on</source>
   <translation>训练数据</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>大小</translation>
  </message>
  <message>
   <source>weights {0:.1f} MB, memory about {1} MB, faces up to {2} pixels</source>
   <translation>权重 {0:.1f} MB，内存约 {1} MB，人脸最大 {2} 像素</translation>
  </message>
 </context>
 <context>
  <name>ModelCards</name>
  <message>
   <source>The selected segments are made by different models.</source>
   <translation>所选配音段由不同的模型制作。</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>自动</translation>
  </message>
  <message>
   <source>The best that fits: {0}.</source>
   <translation>最合适的：{0}。</translation>
  </message>
  <message>
   <source>No installed model takes what is selected.</source>
   <translation>没有已安装的模型接受所选内容。</translation>
  </message>
  <message>
   <source>The engine takes the best that fits.</source>
   <translation>引擎选用最合适的模型。</translation>
  </message>
  <message>
   <source>Show only the chosen model</source>
   <translation>只显示所选模型</translation>
  </message>
  <message>
   <source>Facts and other models</source>
   <translation>详情和其他模型</translation>
  </message>
 </context>
 <context>
  <name>ModelDetails</name>
  <message>
   <source>{0} × {0} pixels</source>
   <translation>{0} × {0} 像素</translation>
  </message>
  <message>
   <source>{0} × {0} up to {1} × {1} pixels</source>
   <translation>{0} × {0} 至 {1} × {1} 像素</translation>
  </message>
  <message>
   <source>Takes</source>
   <translation>输入</translation>
  </message>
  <message>
   <source>Face</source>
   <translation>人脸</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>内存</translation>
  </message>
  <message>
   <source>about {0}</source>
   <translation>约 {0}</translation>
  </message>
  <message>
   <source>Cannot do</source>
   <translation>做不到</translation>
  </message>
  <message>
   <source>Paper</source>
   <translation>论文</translation>
  </message>
  <message>
   <source>Learned from</source>
   <translation>学习自</translation>
  </message>
  <message>
   <source>Comes with the studio and is tested with it.</source>
   <translation>随工作室提供，并与其一起测试。</translation>
  </message>
  <message>
   <source>Third party: its code runs in a process of its own.</source>
   <translation>第三方：它的代码在自己的进程中运行。</translation>
  </message>
  <message>
   <source>Third party: its code runs with your rights. Keep it only if you trust who made it.</source>
   <translation>第三方：其代码以您的权限运行。只有信任制作者时才保留它。</translation>
  </message>
  <message>
   <source>Package</source>
   <translation>软件包</translation>
  </message>
  <message>
   <source>Licence of the code</source>
   <translation>代码许可证</translation>
  </message>
  <message>
   <source>Licence of the weights</source>
   <translation>权重许可证</translation>
  </message>
  <message>
   <source>Trust and licences</source>
   <translation>信任与许可证</translation>
  </message>
  <message>
   <source>runs here</source>
   <translation>可在此运行</translation>
  </message>
  <message>
   <source>does not run here</source>
   <translation>无法在此运行</translation>
  </message>
  <message>
   <source>Presets and weights: {0} on disk</source>
   <translation>预设与权重：磁盘占用 {0}</translation>
  </message>
  <message>
   <source>missing</source>
   <translation>缺失</translation>
  </message>
  <message>
   <source>Show {0}</source>
   <translation>显示 {0}</translation>
  </message>
  <message>
   <source>{0} (default {1})</source>
   <translation>{0}（默认 {1}）</translation>
  </message>
  <message>
   <source>Options</source>
   <translation>选项</translation>
  </message>
  <message>
   <source>Measured on held-out speakers</source>
   <translation>在未参与训练的说话人上测得</translation>
  </message>
  <message>
   <source>voice</source>
   <translation>语音</translation>
  </message>
  <message>
   <source>photo</source>
   <translation>照片</translation>
  </message>
  <message>
   <source>video</source>
   <translation>视频</translation>
  </message>
 </context>
 <context>
  <name>ModelState</name>
  <message>
   <source>Ready</source>
   <translation>就绪</translation>
  </message>
  <message>
   <source>Not ready</source>
   <translation>未就绪</translation>
  </message>
 </context>
 <context>
  <name>ModelsPage</name>
  <message>
   <source>Models</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>What makes faces speak: the generators that are installed.</source>
   <translation>让人脸说话的东西：已安装的生成器。</translation>
  </message>
  <message>
   <source>Install…</source>
   <translation>安装…</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>重新检查</translation>
  </message>
  <message>
   <source>From a wheel or zip…</source>
   <translation>从 wheel 或 zip 文件…</translation>
  </message>
  <message>
   <source>From a folder…</source>
   <translation>从文件夹…</translation>
  </message>
  <message>
   <source>By the name of its package…</source>
   <translation>按软件包名称…</translation>
  </message>
  <message>
   <source>Install a plugin</source>
   <translation>安装插件</translation>
  </message>
  <message>
   <source>Name of the package</source>
   <translation>软件包名称</translation>
  </message>
  <message>
   <source>Look at it</source>
   <translation>查看</translation>
  </message>
  <message>
   <source>The package is fetched from the package index. You are asked again before any of it is run.</source>
   <translation>软件包将从软件包索引下载。在运行其中任何代码之前会再次询问您。</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Looking for models…</source>
   <translation>正在查找模型…</translation>
  </message>
  <message>
   <source>The models cannot be listed</source>
   <translation>无法列出模型</translation>
  </message>
  <message>
   <source>Left out: safe mode loads no third-party models.</source>
   <translation>已跳过：安全模式不加载第三方模型。</translation>
  </message>
  <message>
   <source>No models are installed</source>
   <translation>没有安装模型</translation>
  </message>
  <message>
   <source>Disabled</source>
   <translation>已停用</translation>
  </message>
 </context>
 <context>
  <name>OptionField</name>
  <message>
   <source>Back to {0}</source>
   <translation>恢复为 {0}</translation>
  </message>
  <message>
   <source>On</source>
   <translation>开</translation>
  </message>
  <message>
   <source>on</source>
   <translation>开</translation>
  </message>
  <message>
   <source>off</source>
   <translation>关</translation>
  </message>
 </context>
 <context>
  <name>OptionsForm</name>
  <message>
   <source>Adapt to this clip</source>
   <translation>适应此片段</translation>
  </message>
  <message>
   <source>This model has no settings.</source>
   <translation>此模型没有设置。</translation>
  </message>
  <message>
   <source>Choose one model for all that is selected.</source>
   <translation>请为所选内容选择同一个模型。</translation>
  </message>
 </context>
 <context>
  <name>Palette</name>
  <message>
   <source>Command palette</source>
   <translation>命令面板</translation>
  </message>
  <message>
   <source>What do you want to do?</source>
   <translation>您想做什么？</translation>
  </message>
  <message>
   <source>Commands</source>
   <translation>命令</translation>
  </message>
 </context>
 <context>
  <name>PluginChanges</name>
  <message>
   <source>Looking at {0}…</source>
   <translation>正在查看 {0}…</translation>
  </message>
  <message>
   <source>Looking for another version of {0}…</source>
   <translation>正在查找 {0} 的其他版本…</translation>
  </message>
  <message>
   <source>Changing {0}…</source>
   <translation>正在更改 {0}…</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Its files are deleted. Segments that use it keep its name and need another model to be exported.</source>
   <translation>它的文件将被删除。使用它的片段会保留其名称，导出前需要换用其他模型。</translation>
  </message>
  <message>
   <source>Remove {0}?</source>
   <translation>移除 {0}？</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>保留</translation>
  </message>
  <message>
   <source>Install {0} {1}?</source>
   <translation>安装 {0} {1}？</translation>
  </message>
  <message>
   <source>Install</source>
   <translation>安装</translation>
  </message>
  <message>
   <source>Do not install</source>
   <translation>不安装</translation>
  </message>
  <message>
   <source>Installing and trying {0}…</source>
   <translation>正在安装并试用 {0}…</translation>
  </message>
  <message>
   <source>{0} is up to date.</source>
   <translation>{0} 已是最新版本。</translation>
  </message>
  <message>
   <source>Done.</source>
   <translation>完成。</translation>
  </message>
 </context>
 <context>
  <name>PluginFacts</name>
  <message>
   <source>Signed by a publisher whom this studio knows.</source>
   <translation>由本软件认识的发布者签名。</translation>
  </message>
  <message>
   <source>Unknown: the studio cannot tell who made it.</source>
   <translation>未知：无法判断它由谁制作。</translation>
  </message>
  <message>
   <source>It sees the voices and faces that you dub with it.</source>
   <translation>它能看到您用它配音的声音和面孔。</translation>
  </message>
  <message>
   <source>It uses the network and can send them to others.</source>
   <translation>它使用网络，可以把这些内容发送给他人。</translation>
  </message>
  <message>
   <source>It reads and changes the files in {0}.</source>
   <translation>它读取并更改 {0} 中的文件。</translation>
  </message>
  <message>
   <source>It asks for neither the network nor your folders.</source>
   <translation>它既不要求网络，也不要求您的文件夹。</translation>
  </message>
  <message>
   <source>Enforced by the system.</source>
   <translation>由系统强制执行。</translation>
  </message>
  <message>
   <source>Not enforced: on this system it could use the network and your files like any program.</source>
   <translation>未强制执行：在此系统上，它可以像任何程序一样使用网络和您的文件。</translation>
  </message>
  <message>
   <source>Publisher</source>
   <translation>发布者</translation>
  </message>
  <message>
   <source>Trust</source>
   <translation>信任</translation>
  </message>
  <message>
   <source>Permissions</source>
   <translation>权限</translation>
  </message>
 </context>
 <context>
  <name>PluginPanel</name>
  <message>
   <source>Version</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>Installed from</source>
   <translation>安装来源</translation>
  </message>
  <message>
   <source>On disk</source>
   <translation>磁盘占用</translation>
  </message>
  <message>
   <source>State</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Disable</source>
   <translation>停用</translation>
  </message>
  <message>
   <source>Enable</source>
   <translation>启用</translation>
  </message>
  <message>
   <source>Roll back</source>
   <translation>回退</translation>
  </message>
  <message>
   <source>Update</source>
   <translation>更新</translation>
  </message>
  <message>
   <source>Remove…</source>
   <translation>移除…</translation>
  </message>
  <message>
   <source>Plugin {0}: runs in a process of its own</source>
   <translation>插件 {0}：在自己的进程中运行</translation>
  </message>
  <message>
   <source>{0}, before that {1}</source>
   <translation>{0}，之前是 {1}</translation>
  </message>
 </context>
 <context>
  <name>PreferencesPage</name>
  <message>
   <source>Sections</source>
   <translation>分区</translation>
  </message>
  <message>
   <source>Appearance</source>
   <translation>外观</translation>
  </message>
  <message>
   <source>Engine</source>
   <translation>引擎</translation>
  </message>
  <message>
   <source>Storage</source>
   <translation>存储</translation>
  </message>
  <message>
   <source>Shortcuts</source>
   <translation>快捷键</translation>
  </message>
  <message>
   <source>Consent</source>
   <translation>同意</translation>
  </message>
  <message>
   <source>Preferences</source>
   <translation>首选项</translation>
  </message>
  <message>
   <source>As the desktop</source>
   <translation>跟随桌面</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
  </message>
  <message>
   <source>Colours</source>
   <translation>颜色</translation>
  </message>
  <message>
   <source>Size of text</source>
   <translation>文字大小</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>语言</translation>
  </message>
  <message>
   <source>Takes effect at the next start.</source>
   <translation>下次启动时生效。</translation>
  </message>
  <message>
   <source>Choose by itself: a GPU where there is one</source>
   <translation>自动选择：有 GPU 时用 GPU</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>处理器</translation>
  </message>
  <message>
   <source>Choose by itself</source>
   <translation>自动选择</translation>
  </message>
  <message>
   <source>fp32: exact</source>
   <translation>fp32：精确</translation>
  </message>
  <message>
   <source>bf16: half the memory</source>
   <translation>bf16：内存减半</translation>
  </message>
  <message>
   <source>fp16: half the memory, for older GPUs</source>
   <translation>fp16：内存减半，适合较旧的 GPU</translation>
  </message>
  <message>
   <source>Load the engine as soon as the window is open</source>
   <translation>窗口打开后立即加载引擎</translation>
  </message>
  <message>
   <source>The first preview comes sooner; without it, less memory is used until then.</source>
   <translation>第一次预览更快；不加载则在此之前占用更少内存。</translation>
  </message>
  <message>
   <source>Networks run on</source>
   <translation>网络运行于</translation>
  </message>
  <message>
   <source>Unless a project says otherwise.</source>
   <translation>除非项目另有规定。</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>精度</translation>
  </message>
  <message>
   <source>The first export of a project asks this. The answer is kept in the project.</source>
   <translation>项目的第一次导出会询问此问题。回答保存在项目中。</translation>
  </message>
  <message>
   <source>Version {0}</source>
   <translation>版本 {0}</translation>
  </message>
 </context>
 <context>
  <name>Projects</name>
  <message>
   <source>Untitled</source>
   <translation>未命名</translation>
  </message>
  <message>
   <source>TalkFace projects</source>
   <translation>TalkFace 项目</translation>
  </message>
  <message>
   <source>Open project</source>
   <translation>打开项目</translation>
  </message>
  <message>
   <source>The sample media were left out of this installation.</source>
   <translation>此安装不包含示例媒体。</translation>
  </message>
  <message>
   <source>Save project</source>
   <translation>保存项目</translation>
  </message>
  <message>
   <source>Save the changes to {0}?</source>
   <translation>保存对 {0} 的更改？</translation>
  </message>
  <message>
   <source>What is not saved is lost.</source>
   <translation>未保存的内容将丢失。</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Do not save</source>
   <translation>不保存</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>There is unsaved work of {0}</source>
   <translation>有 {0} 未保存的工作</translation>
  </message>
  <message>
   <source>The program ended before it was saved, on {0}.</source>
   <translation>程序于 {0} 在保存之前结束。</translation>
  </message>
  <message>
   <source>Recover it</source>
   <translation>恢复</translation>
  </message>
  <message>
   <source>Discard it</source>
   <translation>放弃</translation>
  </message>
  <message>
   <source>Decide later</source>
   <translation>以后再决定</translation>
  </message>
  <message>
   <source>Saved {0}.</source>
   <translation>已保存 {0}。</translation>
  </message>
 </context>
 <context>
  <name>QualityReport</name>
  <message>
   <source>Measure the quality</source>
   <translation>测量质量</translation>
  </message>
  <message>
   <source>Jump to the worst frame</source>
   <translation>跳到最差的一帧</translation>
  </message>
  <message>
   <source>Quality</source>
   <translation>质量</translation>
  </message>
  <message>
   <source>Looking and listening…</source>
   <translation>正在查看和聆听…</translation>
  </message>
  <message>
   <source>Lips and voice</source>
   <translation>口型与语音</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>偏移</translation>
  </message>
  <message>
   <source>Mouth</source>
   <translation>嘴部</translation>
  </message>
  <message>
   <source>Worst frame</source>
   <translation>最差的一帧</translation>
  </message>
  <message>
   <source>Looked at</source>
   <translation>已检查</translation>
  </message>
  <message numerus="yes">
   <source>%n frame(s)</source>
   <translation>
    <numerusform>%n 帧</numerusform>
   </translation>
  </message>
  <message>
   <source>No face was found in it.</source>
   <translation>其中没有找到人脸。</translation>
  </message>
  <message>
   <source>not measured: too short, or nobody speaks</source>
   <translation>未测量：太短，或没有人说话</translation>
  </message>
  <message>
   <source>good</source>
   <translation>好</translation>
  </message>
  <message>
   <source>fair</source>
   <translation>一般</translation>
  </message>
  <message>
   <source>poor</source>
   <translation>差</translation>
  </message>
  <message>
   <source>{0} ({1} of 1)</source>
   <translation>{0}（{1}，满分 1）</translation>
  </message>
  <message>
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <source>lips {0} ms late</source>
   <translation>口型晚 {0} 毫秒</translation>
  </message>
  <message>
   <source>lips {0} ms early</source>
   <translation>口型早 {0} 毫秒</translation>
  </message>
  <message>
   <source>{0} % as sharp as the eyes</source>
   <translation>清晰度为眼部的 {0} %</translation>
  </message>
 </context>
 <context>
  <name>QueuePanel</name>
  <message>
   <source>Exports</source>
   <translation>导出</translation>
  </message>
  <message>
   <source>No exports yet</source>
   <translation>还没有导出</translation>
  </message>
  <message>
   <source>What you export is listed here and made while you go on working, also after a restart.</source>
   <translation>导出的内容列在这里，在您继续工作时制作，重启之后也会继续。</translation>
  </message>
  <message>
   <source>Queue everything…</source>
   <translation>全部加入队列…</translation>
  </message>
  <message>
   <source>Earlier in the queue</source>
   <translation>在队列中提前</translation>
  </message>
  <message>
   <source>Later in the queue</source>
   <translation>在队列中推后</translation>
  </message>
  <message>
   <source>Pause the whole queue</source>
   <translation>暂停整个队列</translation>
  </message>
  <message>
   <source>What the engine said of it</source>
   <translation>引擎的报告</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>{0} is not there any more</source>
   <translation>{0} 已不在那里</translation>
  </message>
  <message>
   <source>Let the queue go on</source>
   <translation>让队列继续</translation>
  </message>
  <message>
   <source>{0} of {1} done</source>
   <translation>已完成 {0} / {1}</translation>
  </message>
  <message>
   <source>{0} failed</source>
   <translation>{0} 个失败</translation>
  </message>
  <message>
   <source>about {0} left</source>
   <translation>约剩 {0}</translation>
  </message>
  <message>
   <source>paused</source>
   <translation>已暂停</translation>
  </message>
  <message>
   <source>{0} is ready</source>
   <translation>{0} 已完成</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>显示</translation>
  </message>
 </context>
 <context>
  <name>QueueText</name>
  <message>
   <source>Paused at {0} %</source>
   <translation>暂停于 {0} %</translation>
  </message>
  <message>
   <source>Paused</source>
   <translation>已暂停</translation>
  </message>
  <message>
   <source>Cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>Waits until the queue goes on</source>
   <translation>等待队列继续</translation>
  </message>
  <message>
   <source>Tried again in {0}</source>
   <translation>{0} 后重试</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>等待中</translation>
  </message>
  <message>
   <source>Stopping…</source>
   <translation>正在停止…</translation>
  </message>
  <message>
   <source>Pausing…</source>
   <translation>正在暂停…</translation>
  </message>
  <message>
   <source>Looking for faces, loading the model…</source>
   <translation>正在查找人脸、加载模型…</translation>
  </message>
  <message>
   <source>Frame {0} of {1}</source>
   <translation>第 {0} 帧，共 {1} 帧</translation>
  </message>
  <message>
   <source>{0} frames/s</source>
   <translation>{0} 帧/秒</translation>
  </message>
  <message>
   <source>{0} left</source>
   <translation>剩余 {0}</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>{0} of video, made in {1}</source>
   <translation>{0} 的视频，用时 {1}</translation>
  </message>
 </context>
 <context>
  <name>Rail</name>
  <message>
   <source>Edit</source>
   <translation>编辑</translation>
  </message>
 </context>
 <context>
  <name>RecordDialog</name>
  <message>
   <source>Record a voice</source>
   <translation>录制语音</translation>
  </message>
  <message>
   <source>Microphone</source>
   <translation>麦克风</translation>
  </message>
  <message>
   <source>Record</source>
   <translation>录制</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>No microphone was found; plug one in and open this again.</source>
   <translation>没有找到麦克风；请插上一个再打开这里。</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
 </context>
 <context>
  <name>SegmentPage</name>
  <message>
   <source>Audio offset</source>
   <translation>声音偏移</translation>
  </message>
  <message>
   <source>Muted</source>
   <translation>已静音</translation>
  </message>
  <message>
   <source>Leave it out of preview and export.</source>
   <translation>不在预览和导出中出现。</translation>
  </message>
  <message>
   <source>Another seed</source>
   <translation>换一个种子</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>种子</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>大小</translation>
  </message>
  <message>
   <source>Moves the speech later (positive) or earlier against the picture.</source>
   <translation>让语音相对画面推后（正）或提前。</translation>
  </message>
  <message>
   <source>What chance starts from: the same seed gives the same frames.</source>
   <translation>随机的起点：同样的种子得到同样的帧。</translation>
  </message>
  <message>
   <source>Voice</source>
   <translation>语音</translation>
  </message>
  <message>
   <source>Speaks with</source>
   <translation>说话语音</translation>
  </message>
  <message>
   <source>Face</source>
   <translation>人脸</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Settings of the model</source>
   <translation>模型设置</translation>
  </message>
  <message>
   <source>{0} to {1}, {2}</source>
   <translation>{0} 到 {1}，{2}</translation>
  </message>
  <message>
   <source>{0} segments</source>
   <translation>{0} 个配音段</translation>
  </message>
  <message>
   <source>{0} together; changes are made to all of them</source>
   <translation>共 {0}；更改应用于全部</translation>
  </message>
  <message>
   <source>Mixed</source>
   <translation>不一致</translation>
  </message>
  <message>
   <source>{0} (cannot run here)</source>
   <translation>{0}（无法在此运行）</translation>
  </message>
 </context>
 <context>
  <name>SheetWords</name>
  <message numerus="yes">
   <source>Add %n export(s) to the queue</source>
   <translation>
    <numerusform>将 %n 个导出加入队列</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n export(s) added to the queue</source>
   <translation>
    <numerusform>%n 个导出已加入队列</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>ShortcutsEditor</name>
  <message>
   <source>Search commands and keys</source>
   <translation>搜索命令和按键</translation>
  </message>
  <message>
   <source>Reset all</source>
   <translation>全部重置</translation>
  </message>
  <message>
   <source>Press a shortcut, then the new keys. Backspace takes it away.</source>
   <translation>点按一个快捷键，再按新的按键。退格键可去掉它。</translation>
  </message>
  <message>
   <source>{0} means “{1}” already.</source>
   <translation>{0} 已经表示“{1}”。</translation>
  </message>
  <message>
   <source>Shall it mean “{0}” from now on?</source>
   <translation>以后让它表示“{0}”吗？</translation>
  </message>
  <message>
   <source>Take it over</source>
   <translation>改用</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Elsewhere</source>
   <translation>其他</translation>
  </message>
  <message>
   <source>Shortcut of {0}</source>
   <translation>{0} 的快捷键</translation>
  </message>
  <message>
   <source>Back to what it was at first</source>
   <translation>恢复最初的设置</translation>
  </message>
  <message>
   <source>Reset all shortcuts?</source>
   <translation>重置所有快捷键？</translation>
  </message>
  <message>
   <source>Shortcuts of your own are forgotten.</source>
   <translation>您自己的快捷键将被忘记。</translation>
  </message>
 </context>
 <context>
  <name>StartPage</name>
  <message>
   <source>Not saved when the program ended</source>
   <translation>程序结束时未保存</translation>
  </message>
  <message>
   <source>Recent projects</source>
   <translation>最近的项目</translation>
  </message>
  <message>
   <source>Give a face another voice. Everything stays on this computer.</source>
   <translation>给一张脸配上另一个声音。一切都留在这台电脑上。</translation>
  </message>
  <message>
   <source>New project</source>
   <translation>新建项目</translation>
  </message>
  <message>
   <source>Drop a clip and a voice, and begin.</source>
   <translation>拖入一个片段和一段语音即可开始。</translation>
  </message>
  <message>
   <source>Open a project</source>
   <translation>打开项目</translation>
  </message>
  <message>
   <source>From a file on this computer.</source>
   <translation>来自这台电脑上的文件。</translation>
  </message>
  <message>
   <source>Try the sample</source>
   <translation>试试示例</translation>
  </message>
  <message>
   <source>A video and a photo that speak another voice.</source>
   <translation>一段视频和一张照片，说着另一个声音。</translation>
  </message>
  <message>
   <source>not there</source>
   <translation>不存在</translation>
  </message>
  <message>
   <source>Forget {0}</source>
   <translation>忘记 {0}</translation>
  </message>
  <message>
   <source>no media</source>
   <translation>没有媒体</translation>
  </message>
  <message>
   <source>Untitled</source>
   <translation>未命名</translation>
  </message>
 </context>
 <context>
  <name>StorageSettings</name>
  <message>
   <source>The caches were cleared</source>
   <translation>缓存已清除</translation>
  </message>
  <message>
   <source>Caches: {0}</source>
   <translation>缓存：{0}</translation>
  </message>
  <message>
   <source>What is here was computed and can be computed again: clearing costs only time.</source>
   <translation>这里的内容是计算出来的，可以重新计算：清除只会花费时间。</translation>
  </message>
  <message>
   <source>Clear all caches</source>
   <translation>清除所有缓存</translation>
  </message>
  <message>
   <source>Data: queue, recovery, weights</source>
   <translation>数据：队列、恢复、权重</translation>
  </message>
  <message>
   <source>Weights that did not come with a model</source>
   <translation>不随模型提供的权重</translation>
  </message>
  <message>
   <source>Settings and shortcuts</source>
   <translation>设置和快捷键</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Show {0}</source>
   <translation>显示 {0}</translation>
  </message>
  <message>
   <source>Clear {0}</source>
   <translation>清除 {0}</translation>
  </message>
  <message>
   <source>{0}: {1} are freed. What is needed again is computed again.</source>
   <translation>{0}：将释放 {1}。再次需要时会重新计算。</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>清除</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Clear?</source>
   <translation>清除？</translation>
  </message>
  <message>
   <source>What is known of media files</source>
   <translation>已知的媒体文件信息</translation>
  </message>
  <message>
   <source>Faces followed in videos</source>
   <translation>视频中跟踪的人脸</translation>
  </message>
  <message>
   <source>What models learned of videos</source>
   <translation>模型从视频中学到的内容</translation>
  </message>
 </context>
 <context>
  <name>StudioWindow</name>
  <message numerus="yes">
   <source>%n export(s) not finished</source>
   <translation>
    <numerusform>%n 个导出未完成</numerusform>
   </translation>
  </message>
  <message>
   <source>Closing stops what runs; nothing half-written is left, and the queue keeps what is not done.</source>
   <translation>关闭会停止正在进行的工作；不会留下半成品，未完成的保留在队列中。</translation>
  </message>
  <message>
   <source>Stop them and close</source>
   <translation>停止并关闭</translation>
  </message>
  <message>
   <source>Keep working</source>
   <translation>继续工作</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>工具</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>导出</translation>
  </message>
  <message>
   <source>Version {0}. Dubs a face with a voice. Free software under the Apache Licence 2.0.</source>
   <translation>版本 {0}。用声音为人脸配音。自由软件，Apache 许可证 2.0。</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>The engine ended and is started again: {0}</source>
   <translation>引擎已结束并正在重新启动：{0}</translation>
  </message>
  <message>
   <source>Start it again</source>
   <translation>重新启动</translation>
  </message>
  <message>
   <source>The engine cannot be started: {0}</source>
   <translation>引擎无法启动：{0}</translation>
  </message>
 </context>
 <context>
  <name>Texts</name>
  <message>
   <source>face from the voice</source>
   <translation>由语音生成的人脸</translation>
  </message>
  <message>
   <source>picked face</source>
   <translation>选定的人脸</translation>
  </message>
  <message>
   <source>Face {0}</source>
   <translation>人脸 {0}</translation>
  </message>
  <message>
   <source>{0}: missing</source>
   <translation>{0}：缺失</translation>
  </message>
  <message>
   <source>{0}: cannot be read</source>
   <translation>{0}：无法读取</translation>
  </message>
  <message>
   <source>Voice {0}</source>
   <translation>语音 {0}</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>画面</translation>
  </message>
  <message>
   <source>{0}, from {1} to {2}, on {3}</source>
   <translation>{0}，从 {1} 到 {2}，在 {3} 上</translation>
  </message>
  <message>
   <source>{0}, muted</source>
   <translation>{0}，已静音</translation>
  </message>
  <message>
   <source>{0} items selected</source>
   <translation>已选择 {0} 项</translation>
  </message>
  <message>
   <source>nothing selected</source>
   <translation>未选择</translation>
  </message>
 </context>
 <context>
  <name>TimelinePanel</name>
  <message>
   <source>Playhead</source>
   <translation>播放头</translation>
  </message>
  <message>
   <source>Drop a video or a photo here, then a voice</source>
   <translation>先把视频或照片拖到这里，再拖语音</translation>
  </message>
  <message>
   <source>The voice is what the face will say. Or select them in the bin and press E.</source>
   <translation>语音是人脸将要说的话。也可在媒体箱中选择后按 E。</translation>
  </message>
  <message>
   <source>of {0}</source>
   <translation>共 {0}</translation>
  </message>
 </context>
 <context>
  <name>TimelineView</name>
  <message>
   <source>Timeline</source>
   <translation>时间线</translation>
  </message>
 </context>
 <context>
  <name>Toast</name>
  <message>
   <source>Dismiss</source>
   <translation>关闭提示</translation>
  </message>
 </context>
 <context>
  <name>TrainingJobs</name>
  <message>
   <source>The training ended without a word; is memory short?</source>
   <translation>训练没有任何说明就结束了；是否内存不足？</translation>
  </message>
 </context>
 <context>
  <name>TrainingPage</name>
  <message>
   <source>Trainings</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>New training</source>
   <translation>新建训练</translation>
  </message>
 </context>
 <context>
  <name>TrainingResult</name>
  <message>
   <source>Compare with the shipped weights</source>
   <translation>与自带权重比较</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>使用它</translation>
  </message>
  <message>
   <source>Save the weights…</source>
   <translation>保存权重…</translation>
  </message>
  <message>
   <source>The result</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>The studio dubs with the weights that this model's plugin brings for the preset {0}. Save these to keep them, or to make them part of a plugin.</source>
   <translation>对于预设 {0}，工作室使用该模型插件自带的权重配音。保存这些权重可以留存它们，或让它们成为插件的一部分。</translation>
  </message>
  <message>
   <source>Writing the weights…</source>
   <translation>正在写入权重…</translation>
  </message>
  <message>
   <source>Measuring these weights on the held-out clips…</source>
   <translation>正在用保留的片段测量这些权重…</translation>
  </message>
  <message>
   <source>Measuring the shipped weights on the held-out clips…</source>
   <translation>正在用保留的片段测量自带权重…</translation>
  </message>
  <message>
   <source>Stop measuring</source>
   <translation>停止测量</translation>
  </message>
  <message>
   <source>Measured on the held-out clips of this data set.</source>
   <translation>在该数据集的保留片段上测得。</translation>
  </message>
  <message>
   <source>these weights</source>
   <translation>这些权重</translation>
  </message>
  <message>
   <source>shipped</source>
   <translation>自带</translation>
  </message>
  <message>
   <source>In use: {0}</source>
   <translation>使用中：{0}</translation>
  </message>
  <message>
   <source>The model dubs with these weights from now on</source>
   <translation>从现在起该模型使用这些权重配音</translation>
  </message>
  <message>
   <source>Save the weights</source>
   <translation>保存权重</translation>
  </message>
  <message>
   <source>Saved: {0}</source>
   <translation>已保存：{0}</translation>
  </message>
 </context>
 <context>
  <name>TrainingRun</name>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Stages</source>
   <translation>阶段</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Done: every stage has its weights.</source>
   <translation>完成：每个阶段都有了权重。</translation>
  </message>
  <message>
   <source>Training…</source>
   <translation>正在训练…</translation>
  </message>
  <message>
   <source>Starting…</source>
   <translation>正在开始…</translation>
  </message>
  <message>
   <source>Paused. It goes on from its last checkpoint.</source>
   <translation>已暂停。将从最后的检查点继续。</translation>
  </message>
  <message>
   <source>step {0} of {1}</source>
   <translation>第 {0} 步，共 {1} 步</translation>
  </message>
  <message>
   <source>{0} trained, {1} left in this stage</source>
   <translation>已训练 {0}，本阶段剩余 {1}</translation>
  </message>
  <message>
   <source>{0}, step {1}</source>
   <translation>{0}，第 {1} 步</translation>
  </message>
  <message>
   <source>Sample picture: {0}</source>
   <translation>样例图片：{0}</translation>
  </message>
  <message>
   <source>Finishing the present step…</source>
   <translation>正在完成当前步…</translation>
  </message>
 </context>
 <context>
  <name>TrainingSetup</name>
  <message>
   <source>Check the clips</source>
   <translation>检查片段</translation>
  </message>
  <message>
   <source>Start training</source>
   <translation>开始训练</translation>
  </message>
  <message>
   <source>New training</source>
   <translation>新建训练</translation>
  </message>
  <message>
   <source>Teach a model the faces and voices of your own clips. Everything stays on this machine.</source>
   <translation>让模型学习您自己片段中的人脸和声音。一切都留在这台机器上。</translation>
  </message>
  <message>
   <source>Looking at the clips</source>
   <translation>正在检查片段</translation>
  </message>
  <message>
   <source>Choose a folder of clips that exists.</source>
   <translation>请选择一个存在的片段文件夹。</translation>
  </message>
  <message>
   <source>A folder of videos, one speaking person in each</source>
   <translation>视频文件夹，每段视频一位说话者</translation>
  </message>
  <message>
   <source>Clips</source>
   <translation>片段</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>选择…</translation>
  </message>
  <message>
   <source>As many as the preset says</source>
   <translation>按预设的数量</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Preset</source>
   <translation>预设</translation>
  </message>
  <message>
   <source>compact learns in hours, paper in days.</source>
   <translation>compact 需要数小时，paper 需要数天。</translation>
  </message>
  <message>
   <source>Folders in it are taken for speakers. A data set that was made before can be chosen too.</source>
   <translation>其中的子文件夹视为说话人。也可以选择以前制作的数据集。</translation>
  </message>
  <message>
   <source>Steps of a stage, at most</source>
   <translation>每阶段最多步数</translation>
  </message>
  <message>
   <source>No installed model can be trained.</source>
   <translation>已安装的模型都不能训练。</translation>
  </message>
  <message>
   <source>Folder of clips</source>
   <translation>片段文件夹</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>No clip can be used; the reasons are below.</source>
   <translation>没有可用的片段；原因见下。</translation>
  </message>
  <message>
   <source>Ready to train. No clip is held out, so nothing can be measured later.</source>
   <translation>可以训练。没有保留片段，之后无法测量。</translation>
  </message>
  <message>
   <source>Ready to train.</source>
   <translation>可以训练。</translation>
  </message>
  <message>
   <source>Usable clips</source>
   <translation>可用片段</translation>
  </message>
  <message>
   <source>Of these held out</source>
   <translation>其中保留</translation>
  </message>
  <message>
   <source>Speakers</source>
   <translation>说话人</translation>
  </message>
  <message>
   <source>Length</source>
   <translation>长度</translation>
  </message>
  <message>
   <source>Left out</source>
   <translation>未采用</translation>
  </message>
  <message>
   <source>The clips</source>
   <translation>片段</translation>
  </message>
  <message>
   <source>Left out, and why</source>
   <translation>未采用的及原因</translation>
  </message>
 </context>
 <context>
  <name>Transport</name>
  <message>
   <source>Time at the playhead</source>
   <translation>播放头处的时间</translation>
  </message>
  <message>
   <source>Volume</source>
   <translation>音量</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Play</source>
   <translation>播放</translation>
  </message>
 </context>
 <context>
  <name>ViewerPanel</name>
  <message>
   <source>Drop a video or a photo here, and a voice.</source>
   <translation>把视频或照片以及语音拖到这里。</translation>
  </message>
  <message>
   <source>Drag media from the left onto the timeline.</source>
   <translation>把左侧的媒体拖到时间线上。</translation>
  </message>
  <message>
   <source>No picture at the playhead.</source>
   <translation>播放头处没有画面。</translation>
  </message>
  <message>
   <source>Dubbing…</source>
   <translation>正在配音…</translation>
  </message>
  <message>
   <source>{0:.2g} × real time</source>
   <translation>实时的 {0:.2g} 倍</translation>
  </message>
  <message>
   <source>no face here</source>
   <translation>这里没有人脸</translation>
  </message>
  <message>
   <source>No voice is heard here; put one on the timeline, then pick its face.</source>
   <translation>这里听不到语音；把语音放到时间线上，再选择人脸。</translation>
  </message>
 </context>
 <context>
  <name>_Candidate</name>
  <message>
   <source>Face {0}</source>
   <translation>面孔 {0}</translation>
  </message>
  <message>
   <source>Imagining…</source>
   <translation>正在想象…</translation>
  </message>
  <message>
   <source>looks male</source>
   <translation>看起来像男性</translation>
  </message>
  <message>
   <source>looks female</source>
   <translation>看起来像女性</translation>
  </message>
  <message>
   <source>about {0}</source>
   <translation>约 {0} 岁</translation>
  </message>
 </context>
 <context>
  <name>command</name>
  <message>
   <source>New project</source>
   <translation>新建项目</translation>
  </message>
  <message>
   <source>Open project…</source>
   <translation>打开项目…</translation>
  </message>
  <message>
   <source>Open the sample project</source>
   <translation>打开示例项目</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Save as…</source>
   <translation>另存为…</translation>
  </message>
  <message>
   <source>Add media…</source>
   <translation>添加媒体…</translation>
  </message>
  <message>
   <source>Add a folder…</source>
   <translation>添加文件夹…</translation>
  </message>
  <message>
   <source>Imagine a face from this voice…</source>
   <translation>由这段语音想象一张脸…</translation>
  </message>
  <message>
   <source>Record a voice…</source>
   <translation>录制语音…</translation>
  </message>
  <message>
   <source>Find missing media…</source>
   <translation>查找缺失的媒体…</translation>
  </message>
  <message>
   <source>Export…</source>
   <translation>导出…</translation>
  </message>
  <message>
   <source>Queue everything…</source>
   <translation>全部加入队列…</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>退出</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>Redo</source>
   <translation>重做</translation>
  </message>
  <message>
   <source>Cut</source>
   <translation>剪切</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Paste</source>
   <translation>粘贴</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>再制</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Ripple delete</source>
   <translation>波纹删除</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>全选</translation>
  </message>
  <message>
   <source>Select nothing</source>
   <translation>取消选择</translation>
  </message>
  <message>
   <source>Preferences…</source>
   <translation>首选项…</translation>
  </message>
  <message>
   <source>Put on the timeline</source>
   <translation>放到时间线上</translation>
  </message>
  <message>
   <source>Split at the playhead</source>
   <translation>在播放头处分割</translation>
  </message>
  <message>
   <source>Split all lanes at the playhead</source>
   <translation>在播放头处分割所有轨道</translation>
  </message>
  <message>
   <source>Trim the start to the playhead</source>
   <translation>把开头修剪到播放头</translation>
  </message>
  <message>
   <source>Trim the end to the playhead</source>
   <translation>把结尾修剪到播放头</translation>
  </message>
  <message>
   <source>Close the gap at the playhead</source>
   <translation>关闭播放头处的空隙</translation>
  </message>
  <message>
   <source>Move one frame earlier</source>
   <translation>提前一帧</translation>
  </message>
  <message>
   <source>Move one frame later</source>
   <translation>推后一帧</translation>
  </message>
  <message>
   <source>Move the speech 10 ms earlier</source>
   <translation>语音提前 10 毫秒</translation>
  </message>
  <message>
   <source>Move the speech 10 ms later</source>
   <translation>语音推后 10 毫秒</translation>
  </message>
  <message>
   <source>Mute or unmute</source>
   <translation>静音或取消静音</translation>
  </message>
  <message>
   <source>Assign a voice…</source>
   <translation>指定语音…</translation>
  </message>
  <message>
   <source>Dub the next face</source>
   <translation>为下一张人脸配音</translation>
  </message>
  <message>
   <source>Make the face from the voice</source>
   <translation>由语音生成人脸</translation>
  </message>
  <message>
   <source>Add a voice lane</source>
   <translation>添加语音轨道</translation>
  </message>
  <message>
   <source>Mute or unmute the lane</source>
   <translation>轨道静音或取消静音</translation>
  </message>
  <message>
   <source>Remove the lane</source>
   <translation>移除轨道</translation>
  </message>
  <message>
   <source>Set the in point</source>
   <translation>设置入点</translation>
  </message>
  <message>
   <source>Set the out point</source>
   <translation>设置出点</translation>
  </message>
  <message>
   <source>Clear the in and out points</source>
   <translation>清除入点和出点</translation>
  </message>
  <message>
   <source>Add a marker</source>
   <translation>添加标记</translation>
  </message>
  <message>
   <source>Snap</source>
   <translation>吸附</translation>
  </message>
  <message>
   <source>Go to the lane above</source>
   <translation>转到上一轨道</translation>
  </message>
  <message>
   <source>Go to the lane below</source>
   <translation>转到下一轨道</translation>
  </message>
  <message>
   <source>Select the previous item of the lane</source>
   <translation>选择轨道中的上一项</translation>
  </message>
  <message>
   <source>Select the next item of the lane</source>
   <translation>选择轨道中的下一项</translation>
  </message>
  <message>
   <source>Add the previous item to the selection</source>
   <translation>将上一项加入选择</translation>
  </message>
  <message>
   <source>Add the next item to the selection</source>
   <translation>将下一项加入选择</translation>
  </message>
  <message>
   <source>Select what the playhead is on</source>
   <translation>选择播放头处的项</translation>
  </message>
  <message>
   <source>Add what the playhead is on to the selection</source>
   <translation>将播放头处的项加入选择</translation>
  </message>
  <message>
   <source>Rename the marker or the lane</source>
   <translation>重命名标记或轨道</translation>
  </message>
  <message>
   <source>Move to the lane above</source>
   <translation>移到上一轨道</translation>
  </message>
  <message>
   <source>Move to the lane below</source>
   <translation>移到下一轨道</translation>
  </message>
  <message>
   <source>Show an earlier part of the media</source>
   <translation>显示素材中较早的部分</translation>
  </message>
  <message>
   <source>Show a later part of the media</source>
   <translation>显示素材中较晚的部分</translation>
  </message>
  <message>
   <source>Play or pause</source>
   <translation>播放或暂停</translation>
  </message>
  <message>
   <source>Play backwards</source>
   <translation>倒放</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Play forwards, faster each time</source>
   <translation>正放，每次更快</translation>
  </message>
  <message>
   <source>Loop between the in and out points</source>
   <translation>在入点和出点之间循环</translation>
  </message>
  <message>
   <source>Previous frame</source>
   <translation>上一帧</translation>
  </message>
  <message>
   <source>Next frame</source>
   <translation>下一帧</translation>
  </message>
  <message>
   <source>One second back</source>
   <translation>后退一秒</translation>
  </message>
  <message>
   <source>One second on</source>
   <translation>前进一秒</translation>
  </message>
  <message>
   <source>Go to the start</source>
   <translation>转到开头</translation>
  </message>
  <message>
   <source>Go to the end</source>
   <translation>转到结尾</translation>
  </message>
  <message>
   <source>Go to the previous edge</source>
   <translation>转到上一个边缘</translation>
  </message>
  <message>
   <source>Go to the next edge</source>
   <translation>转到下一个边缘</translation>
  </message>
  <message>
   <source>Go to the previous marker</source>
   <translation>转到上一个标记</translation>
  </message>
  <message>
   <source>Go to the next marker</source>
   <translation>转到下一个标记</translation>
  </message>
  <message>
   <source>Go to the in point</source>
   <translation>转到入点</translation>
  </message>
  <message>
   <source>Go to the out point</source>
   <translation>转到出点</translation>
  </message>
  <message>
   <source>Command palette…</source>
   <translation>命令面板…</translation>
  </message>
  <message>
   <source>Zoom in</source>
   <translation>放大</translation>
  </message>
  <message>
   <source>Zoom out</source>
   <translation>缩小</translation>
  </message>
  <message>
   <source>Zoom to fit</source>
   <translation>适合窗口</translation>
  </message>
  <message>
   <source>Zoom to the mouth</source>
   <translation>放大嘴部</translation>
  </message>
  <message>
   <source>Show faces</source>
   <translation>显示人脸</translation>
  </message>
  <message>
   <source>Show the dubbed frame</source>
   <translation>显示配音后的帧</translation>
  </message>
  <message>
   <source>One picture</source>
   <translation>单幅画面</translation>
  </message>
  <message>
   <source>Side by side</source>
   <translation>并排</translation>
  </message>
  <message>
   <source>Wipe</source>
   <translation>划像</translation>
  </message>
  <message>
   <source>Show the source while held</source>
   <translation>按住时显示源</translation>
  </message>
  <message>
   <source>Compare models</source>
   <translation>比较模型</translation>
  </message>
  <message>
   <source>Media bin</source>
   <translation>媒体箱</translation>
  </message>
  <message>
   <source>Viewer</source>
   <translation>查看器</translation>
  </message>
  <message>
   <source>Timeline</source>
   <translation>时间线</translation>
  </message>
  <message>
   <source>Inspector</source>
   <translation>检查器</translation>
  </message>
  <message>
   <source>Export queue</source>
   <translation>导出队列</translation>
  </message>
  <message>
   <source>Model manager</source>
   <translation>模型管理</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>Start page</source>
   <translation>起始页</translation>
  </message>
  <message>
   <source>Larger text</source>
   <translation>文字变大</translation>
  </message>
  <message>
   <source>Smaller text</source>
   <translation>文字变小</translation>
  </message>
  <message>
   <source>Dark or light</source>
   <translation>深色或浅色</translation>
  </message>
  <message>
   <source>Full screen</source>
   <translation>全屏</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Resume</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Retry</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>What was made…</source>
   <translation>制作详情…</translation>
  </message>
  <message>
   <source>Open the folder</source>
   <translation>打开文件夹</translation>
  </message>
  <message>
   <source>Clear what is finished</source>
   <translation>清除已结束的</translation>
  </message>
  <message>
   <source>User guide</source>
   <translation>用户指南</translation>
  </message>
  <message>
   <source>Keyboard shortcuts</source>
   <translation>键盘快捷键</translation>
  </message>
  <message>
   <source>Diagnostics</source>
   <translation>诊断</translation>
  </message>
  <message>
   <source>About TalkFace Studio</source>
   <translation>关于 TalkFace Studio</translation>
  </message>
 </context>
 <context>
  <name>menu</name>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Edit</source>
   <translation>编辑</translation>
  </message>
  <message>
   <source>Timeline</source>
   <translation>时间线</translation>
  </message>
  <message>
   <source>By keyboard</source>
   <translation>键盘操作</translation>
  </message>
  <message>
   <source>Playback</source>
   <translation>播放</translation>
  </message>
  <message>
   <source>View</source>
   <translation>视图</translation>
  </message>
  <message>
   <source>Compare</source>
   <translation>比较</translation>
  </message>
  <message>
   <source>Go to</source>
   <translation>转到</translation>
  </message>
  <message>
   <source>Queue</source>
   <translation>队列</translation>
  </message>
  <message>
   <source>Help</source>
   <translation>帮助</translation>
  </message>
 </context>
 <context>
  <name>edit</name>
  <message>
   <source>Add media</source>
   <translation>添加媒体</translation>
  </message>
  <message>
   <source>Remove media</source>
   <translation>移除媒体</translation>
  </message>
  <message>
   <source>Relink media</source>
   <translation>重新链接媒体</translation>
  </message>
  <message>
   <source>Add clip</source>
   <translation>添加片段</translation>
  </message>
  <message>
   <source>Add segment</source>
   <translation>添加配音段</translation>
  </message>
  <message>
   <source>Trim</source>
   <translation>修剪</translation>
  </message>
  <message>
   <source>Trim clip</source>
   <translation>修剪片段</translation>
  </message>
  <message>
   <source>Trim segment</source>
   <translation>修剪配音段</translation>
  </message>
  <message>
   <source>Split</source>
   <translation>分割</translation>
  </message>
  <message>
   <source>Split clip</source>
   <translation>分割片段</translation>
  </message>
  <message>
   <source>Split segment</source>
   <translation>分割配音段</translation>
  </message>
  <message>
   <source>Move</source>
   <translation>移动</translation>
  </message>
  <message>
   <source>Move clip</source>
   <translation>移动片段</translation>
  </message>
  <message>
   <source>Move segment</source>
   <translation>移动配音段</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Delete clip</source>
   <translation>删除片段</translation>
  </message>
  <message>
   <source>Delete segment</source>
   <translation>删除配音段</translation>
  </message>
  <message>
   <source>Ripple delete</source>
   <translation>波纹删除</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>再制</translation>
  </message>
  <message>
   <source>Duplicate clip</source>
   <translation>再制片段</translation>
  </message>
  <message>
   <source>Duplicate segment</source>
   <translation>再制配音段</translation>
  </message>
  <message>
   <source>Cut</source>
   <translation>剪切</translation>
  </message>
  <message>
   <source>Paste</source>
   <translation>粘贴</translation>
  </message>
  <message>
   <source>Mute segment</source>
   <translation>配音段静音</translation>
  </message>
  <message>
   <source>Unmute segment</source>
   <translation>取消配音段静音</translation>
  </message>
  <message>
   <source>Slip</source>
   <translation>滑移</translation>
  </message>
  <message>
   <source>Assign face</source>
   <translation>指定人脸</translation>
  </message>
  <message>
   <source>Assign voice</source>
   <translation>指定语音</translation>
  </message>
  <message>
   <source>Set model</source>
   <translation>设置模型</translation>
  </message>
  <message>
   <source>Set option</source>
   <translation>设置选项</translation>
  </message>
  <message>
   <source>Set seed</source>
   <translation>设置种子</translation>
  </message>
  <message>
   <source>Set audio offset</source>
   <translation>设置声音偏移</translation>
  </message>
  <message>
   <source>Add voice lane</source>
   <translation>添加语音轨道</translation>
  </message>
  <message>
   <source>Remove voice lane</source>
   <translation>移除语音轨道</translation>
  </message>
  <message>
   <source>Change voice lane</source>
   <translation>更改语音轨道</translation>
  </message>
  <message>
   <source>Move voice lane</source>
   <translation>移动语音轨道</translation>
  </message>
  <message>
   <source>Insert gap</source>
   <translation>插入空隙</translation>
  </message>
  <message>
   <source>Close gap</source>
   <translation>关闭空隙</translation>
  </message>
  <message>
   <source>Add marker</source>
   <translation>添加标记</translation>
  </message>
  <message>
   <source>Change marker</source>
   <translation>更改标记</translation>
  </message>
  <message>
   <source>Remove marker</source>
   <translation>移除标记</translation>
  </message>
  <message>
   <source>Set in and out points</source>
   <translation>设置入点和出点</translation>
  </message>
  <message>
   <source>Change export settings</source>
   <translation>更改导出设置</translation>
  </message>
 </context>
 <context>
  <name>Place</name>
  <message>
   <source>Media</source>
   <translation>媒体</translation>
  </message>
  <message>
   <source>Viewer</source>
   <translation>查看器</translation>
  </message>
  <message>
   <source>Timeline</source>
   <translation>时间线</translation>
  </message>
  <message>
   <source>Inspector</source>
   <translation>检查器</translation>
  </message>
  <message>
   <source>Export queue</source>
   <translation>导出队列</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>开始</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>Preferences</source>
   <translation>首选项</translation>
  </message>
  <message>
   <source>Diagnostics</source>
   <translation>诊断</translation>
  </message>
 </context>
 <context>
  <name>preset</name>
  <message>
   <source>FFV1 archive: every pixel and sample as it was</source>
   <translation>FFV1 存档：每个像素和采样都保持原样</translation>
  </message>
  <message>
   <source>H.264 with the speech copied bit for bit</source>
   <translation>H.264，语音逐位复制</translation>
  </message>
  <message>
   <source>Animated GIF, up to 480 pixels, up to 20 s</source>
   <translation>动画 GIF，最大 480 像素，最长 20 秒</translation>
  </message>
  <message>
   <source>HEVC, half the size of H.264</source>
   <translation>HEVC，大小为 H.264 的一半</translation>
  </message>
  <message>
   <source>Podcast clip for phones, at most 1080 x 1080</source>
   <translation>手机播客片段，最大 1080 x 1080</translation>
  </message>
  <message>
   <source>ProRes 422 HQ master with uncompressed sound, for editing</source>
   <translation>ProRes 422 HQ 母版，未压缩声音，用于剪辑</translation>
  </message>
  <message>
   <source>The sound alone, lossless</source>
   <translation>只有声音，无损</translation>
  </message>
  <message>
   <source>Web page, AV1 and Opus: the smallest files</source>
   <translation>网页，AV1 和 Opus：文件最小</translation>
  </message>
  <message>
   <source>Web page, VP9 and Opus</source>
   <translation>网页，VP9 和 Opus</translation>
  </message>
  <message>
   <source>Animated WebP, up to 640 pixels, up to 60 s</source>
   <translation>动画 WebP，最大 640 像素，最长 60 秒</translation>
  </message>
  <message>
   <source>YouTube, up to 1080p</source>
   <translation>YouTube，最高 1080p</translation>
  </message>
 </context>
</TS>
