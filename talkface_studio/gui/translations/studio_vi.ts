<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="vi" sourcelanguage="en">
 <context>
  <name>Account</name>
  <message>
   <source>Last export</source>
   <translation>Lần xuất gần nhất</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Tệp</translation>
  </message>
  <message>
   <source>Frames</source>
   <translation>Số khung hình</translation>
  </message>
  <message>
   <source>Made by</source>
   <translation>Tạo bởi</translation>
  </message>
  <message>
   <source> on </source>
   <translation> trên </translation>
  </message>
  <message>
   <source>Speed</source>
   <translation>Tốc độ</translation>
  </message>
  <message>
   <source>{0:.2f} x real time</source>
   <translation>{0:.2f} × thời gian thực</translation>
  </message>
  <message>
   <source>{0} frames show no face and were left as they are.</source>
   <translation>{0} khung hình không có khuôn mặt và được giữ nguyên.</translation>
  </message>
 </context>
 <context>
  <name>Bin</name>
  <message>
   <source>Looking at it…</source>
   <translation>Đang xem…</translation>
  </message>
  <message>
   <source>{0:.5g} fps</source>
   <translation>{0:.5g} khung hình/giây</translation>
  </message>
  <message>
   <source>no sound</source>
   <translation>không có âm thanh</translation>
  </message>
 </context>
 <context>
  <name>BinCommands</name>
  <message>
   <source>Add media</source>
   <translation>Thêm tư liệu</translation>
  </message>
  <message>
   <source>Add a folder</source>
   <translation>Thêm thư mục</translation>
  </message>
  <message>
   <source>Where are the missing media?</source>
   <translation>Tư liệu bị thiếu nằm ở đâu?</translation>
  </message>
  <message>
   <source>Recording</source>
   <translation>Bản ghi âm</translation>
  </message>
  <message>
   <source>Select a voice first, in the bin or on the timeline.</source>
   <translation>Hãy chọn một giọng nói trước, trong kho hoặc trên dòng thời gian.</translation>
  </message>
  <message>
   <source>Pasted photo</source>
   <translation>Ảnh đã dán</translation>
  </message>
 </context>
 <context>
  <name>BinPanel</name>
  <message>
   <source>Search media</source>
   <translation>Tìm tư liệu</translation>
  </message>
  <message>
   <source>Drop media here</source>
   <translation>Thả tư liệu vào đây</translation>
  </message>
  <message>
   <source>Videos, photos, voices, or whole folders, anywhere on the window.</source>
   <translation>Video, ảnh, giọng nói hoặc cả thư mục, thả vào bất cứ đâu trên cửa sổ.</translation>
  </message>
  <message>
   <source>Add media…</source>
   <translation>Thêm tư liệu…</translation>
  </message>
  <message>
   <source>Media</source>
   <translation>Tư liệu</translation>
  </message>
  <message>
   <source>All</source>
   <translation>Tất cả</translation>
  </message>
  <message>
   <source>Videos</source>
   <translation>Video</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>Ảnh</translation>
  </message>
  <message>
   <source>Voices</source>
   <translation>Giọng nói</translation>
  </message>
  <message>
   <source>Show in its folder</source>
   <translation>Hiện trong thư mục</translation>
  </message>
 </context>
 <context>
  <name>Canvas</name>
  <message>
   <source>Picture</source>
   <translation>Hình</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>Gốc</translation>
  </message>
  <message>
   <source>Dubbed</source>
   <translation>Đã lồng tiếng</translation>
  </message>
  <message>
   <source>Nothing is dubbed here</source>
   <translation>Ở đây không có gì được lồng tiếng</translation>
  </message>
  <message>
   <source>Face {0}</source>
   <translation>Khuôn mặt {0}</translation>
  </message>
  <message>
   <source>{0}, dubbed</source>
   <translation>{0}, đã lồng tiếng</translation>
  </message>
 </context>
 <context>
  <name>Choice</name>
  <message>
   <source>Mixed</source>
   <translation>Nhiều giá trị</translation>
  </message>
 </context>
 <context>
  <name>CommandLine</name>
  <message>
   <source>The command line ended without an answer.</source>
   <translation>Dòng lệnh kết thúc mà không trả lời.</translation>
  </message>
 </context>
 <context>
  <name>ComparisonStrip</name>
  <message>
   <source>Dubbing…</source>
   <translation>Đang lồng tiếng…</translation>
  </message>
  <message>
   <source>{0:.2f} s on {1}</source>
   <translation>{0:.2f} giây trên {1}</translation>
  </message>
 </context>
 <context>
  <name>Consent</name>
  <message>
   <source>You are about to make a video in which a person appears to say what they did not say. Do so only if they agreed, or if they are yourself. Your answer is kept in the project.</source>
   <translation>Bạn sắp tạo một video trong đó một người có vẻ nói điều họ không nói. Chỉ làm khi họ đã đồng ý, hoặc đó chính là bạn. Câu trả lời được giữ trong dự án.</translation>
  </message>
  <message>
   <source>Name, or how you call them</source>
   <translation>Tên, hoặc cách bạn gọi họ</translation>
  </message>
  <message>
   <source>the person shown</source>
   <translation>người trong hình</translation>
  </message>
  <message>
   <source>Nothing was exported.</source>
   <translation>Không có gì được xuất.</translation>
  </message>
  <message>
   <source>Does the person shown agree?</source>
   <translation>Người trong hình có đồng ý không?</translation>
  </message>
  <message>
   <source>They agreed</source>
   <translation>Họ đồng ý</translation>
  </message>
  <message>
   <source>They did not</source>
   <translation>Họ không đồng ý</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
  <message>
   <source>Who is shown</source>
   <translation>Ai trong hình</translation>
  </message>
 </context>
 <context>
  <name>DiagnosticsPage</name>
  <message>
   <source>Diagnostics</source>
   <translation>Chẩn đoán</translation>
  </message>
  <message>
   <source>What works on this machine, and what to do about the rest.</source>
   <translation>Những gì hoạt động trên máy này, và cần làm gì với phần còn lại.</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>Xem lại</translation>
  </message>
  <message>
   <source>Copy the report</source>
   <translation>Sao chép báo cáo</translation>
  </message>
  <message>
   <source>Looking…</source>
   <translation>Đang xem…</translation>
  </message>
  <message>
   <source>Everything is fine.</source>
   <translation>Mọi thứ đều ổn.</translation>
  </message>
  <message>
   <source>What to do</source>
   <translation>Việc cần làm</translation>
  </message>
  <message>
   <source>Program and machine</source>
   <translation>Chương trình và máy</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Mô hình</translation>
  </message>
  <message>
   <source>Codecs</source>
   <translation>Codec</translation>
  </message>
  <message>
   <source>Parts that the studio needs</source>
   <translation>Các phần mà chương trình cần</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>Thư mục</translation>
  </message>
  <message>
   <source>Packages</source>
   <translation>Gói phần mềm</translation>
  </message>
  <message>
   <source>{0} of {1} free</source>
   <translation>còn trống {0} trong {1}</translation>
  </message>
  <message>
   <source>System</source>
   <translation>Hệ thống</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>Bộ xử lý</translation>
  </message>
  <message>
   <source>{0}, {1} cores</source>
   <translation>{0}, {1} nhân</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>Bộ nhớ</translation>
  </message>
  <message>
   <source>Graphics</source>
   <translation>Đồ họa</translation>
  </message>
  <message>
   <source>No CUDA GPU: networks run on the processor</source>
   <translation>Không có GPU CUDA: mạng chạy trên bộ xử lý</translation>
  </message>
  <message>
   <source>Engine</source>
   <translation>Bộ máy</translation>
  </message>
  <message>
   <source>runs here</source>
   <translation>chạy được ở đây</translation>
  </message>
  <message>
   <source>none</source>
   <translation>không có</translation>
  </message>
  <message>
   <source>read by {0}, written by {1}</source>
   <translation>đọc bằng {0}, ghi bằng {1}</translation>
  </message>
  <message>
   <source>In hardware</source>
   <translation>Bằng phần cứng</translation>
  </message>
  <message>
   <source>no encoder works on this machine</source>
   <translation>không có bộ mã hóa phần cứng nào hoạt động trên máy này</translation>
  </message>
  <message>
   <source>installed</source>
   <translation>đã cài</translation>
  </message>
  <message>
   <source>not there yet</source>
   <translation>chưa có</translation>
  </message>
  <message>
   <source>starting</source>
   <translation>đang khởi động</translation>
  </message>
  <message>
   <source>running</source>
   <translation>đang chạy</translation>
  </message>
  <message>
   <source>ended, is started again</source>
   <translation>đã dừng, đang được khởi động lại</translation>
  </message>
  <message>
   <source>cannot be started</source>
   <translation>không khởi động được</translation>
  </message>
  <message>
   <source>not started yet</source>
   <translation>chưa khởi động</translation>
  </message>
  <message>
   <source>The report is on the clipboard</source>
   <translation>Báo cáo đã ở trong bảng tạm</translation>
  </message>
 </context>
 <context>
  <name>Dock</name>
  <message>
   <source>Undock or dock {0}</source>
   <translation>Tách hoặc gắn {0}</translation>
  </message>
  <message>
   <source>Close {0}</source>
   <translation>Đóng {0}</translation>
  </message>
 </context>
 <context>
  <name>DropHint</name>
  <message>
   <source>Drop to add to the project</source>
   <translation>Thả để thêm vào dự án</translation>
  </message>
 </context>
 <context>
  <name>EverythingDialog</name>
  <message>
   <source>Queue everything</source>
   <translation>Xếp tất cả vào hàng đợi</translation>
  </message>
  <message>
   <source>Faces</source>
   <translation>Khuôn mặt</translation>
  </message>
  <message>
   <source>Voices</source>
   <translation>Giọng nói</translation>
  </message>
  <message>
   <source>One export for each pair of a face and a voice.</source>
   <translation>Mỗi cặp khuôn mặt và giọng nói cho một bản xuất.</translation>
  </message>
  <message>
   <source>Every face with every voice</source>
   <translation>Mỗi khuôn mặt với mỗi giọng nói</translation>
  </message>
  <message>
   <source>One by one, in this order</source>
   <translation>Từng cặp một, theo thứ tự này</translation>
  </message>
  <message>
   <source>Add files</source>
   <translation>Thêm tệp</translation>
  </message>
  <message>
   <source>Add the files of a folder</source>
   <translation>Thêm các tệp của một thư mục</translation>
  </message>
 </context>
 <context>
  <name>ExportDialog</name>
  <message>
   <source>Export</source>
   <translation>Xuất</translation>
  </message>
  <message numerus="yes">
   <source>%n voice(s)</source>
   <translation>
    <numerusform>%n giọng nói</numerusform>
   </translation>
  </message>
  <message>
   <source>Show</source>
   <translation>Hiện</translation>
  </message>
 </context>
 <context>
  <name>ExportForm</name>
  <message>
   <source>Choose…</source>
   <translation>Chọn…</translation>
  </message>
  <message>
   <source>Say in a corner that the picture was generated</source>
   <translation>Ghi ở góc rằng hình được tạo bằng AI</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>Định dạng</translation>
  </message>
  <message>
   <source>Encoder</source>
   <translation>Bộ mã hóa</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Thư mục</translation>
  </message>
  <message>
   <source>Software, best quality</source>
   <translation>Phần mềm, chất lượng tốt nhất</translation>
  </message>
  <message>
   <source>{0}, in hardware: faster</source>
   <translation>{0}, bằng phần cứng: nhanh hơn</translation>
  </message>
  <message>
   <source>Folder for exports</source>
   <translation>Thư mục cho bản xuất</translation>
  </message>
 </context>
 <context>
  <name>ExportFormat</name>
  <message>
   <source>sound alone</source>
   <translation>chỉ âm thanh</translation>
  </message>
  <message>
   <source>at most {0} × {1}</source>
   <translation>tối đa {0} × {1}</translation>
  </message>
  <message>
   <source>{0} Mbit/s</source>
   <translation>{0} Mbit/s</translation>
  </message>
  <message>
   <source>sound as it is</source>
   <translation>âm thanh giữ nguyên</translation>
  </message>
  <message>
   <source>up to {0} s</source>
   <translation>tối đa {0} giây</translation>
  </message>
  <message>
   <source>H.264, as good as the source</source>
   <translation>H.264, đẹp như bản gốc</translation>
  </message>
  <message>
   <source>{0}, as set in the inspector</source>
   <translation>{0}, như đặt trong bảng thuộc tính</translation>
  </message>
 </context>
 <context>
  <name>ExportPage</name>
  <message>
   <source>Quality (CRF)</source>
   <translation>Chất lượng (CRF)</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>Định dạng</translation>
  </message>
  <message>
   <source>Smaller numbers are better and larger files.</source>
   <translation>Số càng nhỏ thì càng đẹp và tệp càng lớn.</translation>
  </message>
  <message>
   <source>End with the clip</source>
   <translation>Kết thúc cùng đoạn phim</translation>
  </message>
  <message>
   <source>Start the clip over</source>
   <translation>Phát lại đoạn phim từ đầu</translation>
  </message>
  <message>
   <source>Play it backwards and forwards</source>
   <translation>Phát ngược rồi xuôi</translation>
  </message>
  <message>
   <source>Hold the last frame</source>
   <translation>Giữ khung hình cuối</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>Tự động</translation>
  </message>
  <message>
   <source>CPU</source>
   <translation>CPU</translation>
  </message>
  <message>
   <source>Choose the folder</source>
   <translation>Chọn thư mục</translation>
  </message>
  <message>
   <source>Beside the project</source>
   <translation>Cạnh dự án</translation>
  </message>
  <message>
   <source>Export…</source>
   <translation>Xuất…</translation>
  </message>
  <message>
   <source>Project</source>
   <translation>Dự án</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>Xuất</translation>
  </message>
  <message>
   <source>Codec</source>
   <translation>Codec</translation>
  </message>
  <message>
   <source>File type</source>
   <translation>Loại tệp</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Thư mục</translation>
  </message>
  <message>
   <source>When the voice is longer than the clip</source>
   <translation>Khi giọng nói dài hơn đoạn phim</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>Thiết bị</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>Độ chính xác</translation>
  </message>
  <message>
   <source>Length</source>
   <translation>Độ dài</translation>
  </message>
  <message>
   <source>empty</source>
   <translation>trống</translation>
  </message>
  <message>
   <source>Clips</source>
   <translation>Đoạn phim</translation>
  </message>
  <message>
   <source>Segments</source>
   <translation>Đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>Tệp</translation>
  </message>
  <message>
   <source>Codec and quality of your choice</source>
   <translation>Codec và chất lượng tự chọn</translation>
  </message>
  <message>
   <source>Where exports go</source>
   <translation>Nơi lưu bản xuất</translation>
  </message>
 </context>
 <context>
  <name>ExportSheet</name>
  <message>
   <source>Add to the queue</source>
   <translation>Thêm vào hàng đợi</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
 </context>
 <context>
  <name>FacePicker</name>
  <message>
   <source>The selected segments speak for different faces.</source>
   <translation>Các đoạn đã chọn nói cho những khuôn mặt khác nhau.</translation>
  </message>
  <message>
   <source>There is no picture under it; the face is made from the voice, by a model that can.</source>
   <translation>Bên dưới không có hình; khuôn mặt được tạo từ giọng nói, bởi mô hình làm được việc này.</translation>
  </message>
  <message>
   <source>No face was found at the beginning; pick one in the viewer.</source>
   <translation>Không tìm thấy khuôn mặt ở đầu; hãy chọn một khuôn mặt trong khung xem.</translation>
  </message>
  <message>
   <source>From voice</source>
   <translation>Từ giọng nói</translation>
  </message>
 </context>
 <context>
  <name>Guide</name>
  <message>
   <source>User guide</source>
   <translation>Hướng dẫn sử dụng</translation>
  </message>
 </context>
 <context>
  <name>ImagineDialog</name>
  <message>
   <source>Imagine a face</source>
   <translation>Hình dung một khuôn mặt</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Mô hình</translation>
  </message>
  <message>
   <source>Other faces</source>
   <translation>Các khuôn mặt khác</translation>
  </message>
  <message>
   <source>Use this face</source>
   <translation>Dùng khuôn mặt này</translation>
  </message>
  <message>
   <source>Faces that this voice may belong to</source>
   <translation>Những khuôn mặt có thể có giọng nói này</translation>
  </message>
  <message>
   <source>An imagined face is an illustration, never evidence of what someone looks like.</source>
   <translation>Khuôn mặt được hình dung chỉ là minh họa, không bao giờ là bằng chứng về ngoại hình của ai.</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
 </context>
 <context>
  <name>InspectorPanel</name>
  <message>
   <source>Inspector</source>
   <translation>Bảng thuộc tính</translation>
  </message>
  <message>
   <source>{0:.0f} ms a frame here</source>
   <translation>{0:.0f} ms mỗi khung hình ở đây</translation>
  </message>
  <message>
   <source>{0:.2f} x real time here</source>
   <translation>{0:.2f} × thời gian thực ở đây</translation>
  </message>
 </context>
 <context>
  <name>Intake</name>
  <message>
   <source>There are no media in what was dropped.</source>
   <translation>Những gì được thả không có tư liệu.</translation>
  </message>
  <message>
   <source>Found {0} of {1} files.</source>
   <translation>Đã tìm thấy {0} trong {1} tệp.</translation>
  </message>
  <message>
   <source>None of the missing files is in that folder.</source>
   <translation>Thư mục đó không có tệp nào bị thiếu.</translation>
  </message>
 </context>
 <context>
  <name>KeyField</name>
  <message>
   <source>Press keys…</source>
   <translation>Hãy nhấn phím…</translation>
  </message>
  <message>
   <source>no shortcut</source>
   <translation>không có phím tắt</translation>
  </message>
 </context>
 <context>
  <name>LaneHeader</name>
  <message>
   <source>Mute the lane</source>
   <translation>Tắt tiếng rãnh</translation>
  </message>
  <message>
   <source>Mute {0}</source>
   <translation>Tắt tiếng {0}</translation>
  </message>
 </context>
 <context>
  <name>MarkerPage</name>
  <message>
   <source>No name</source>
   <translation>Không tên</translation>
  </message>
  <message>
   <source>Blue</source>
   <translation>Xanh dương</translation>
  </message>
  <message>
   <source>Green</source>
   <translation>Xanh lá</translation>
  </message>
  <message>
   <source>Yellow</source>
   <translation>Vàng</translation>
  </message>
  <message>
   <source>Red</source>
   <translation>Đỏ</translation>
  </message>
  <message>
   <source>Marker</source>
   <translation>Điểm đánh dấu</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Tên</translation>
  </message>
  <message>
   <source>Colour</source>
   <translation>Màu</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>Thời gian</translation>
  </message>
 </context>
 <context>
  <name>MediaPage</name>
  <message>
   <source>Clip</source>
   <translation>Đoạn phim</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Tệp</translation>
  </message>
  <message>
   <source>Used</source>
   <translation>Sử dụng</translation>
  </message>
  <message>
   <source>{0} times on the timeline</source>
   <translation>{0} lần trên dòng thời gian</translation>
  </message>
  <message>
   <source>not yet</source>
   <translation>chưa</translation>
  </message>
  <message>
   <source>{0} to {1}</source>
   <translation>{0} đến {1}</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>Vị trí</translation>
  </message>
  <message>
   <source>Shows</source>
   <translation>Hiện</translation>
  </message>
 </context>
 <context>
  <name>MediaWords</name>
  <message>
   <source>Video</source>
   <translation>Video</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Ảnh</translation>
  </message>
  <message>
   <source>Sound</source>
   <translation>Âm thanh</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>Loại</translation>
  </message>
  <message>
   <source>{0:.6g} frames a second</source>
   <translation>{0:.6g} khung hình mỗi giây</translation>
  </message>
  <message>
   <source>Length</source>
   <translation>Độ dài</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>Hình</translation>
  </message>
  <message>
   <source>Frame rate</source>
   <translation>Tốc độ khung hình</translation>
  </message>
  <message>
   <source>{0}, uneven</source>
   <translation>{0}, không đều</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>có</translation>
  </message>
  <message>
   <source>none</source>
   <translation>không có</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Thư mục</translation>
  </message>
 </context>
 <context>
  <name>Menus</name>
  <message>
   <source>Rename the lane…</source>
   <translation>Đổi tên rãnh…</translation>
  </message>
  <message>
   <source>Mute the lane</source>
   <translation>Tắt tiếng rãnh</translation>
  </message>
  <message>
   <source>Move up</source>
   <translation>Chuyển lên</translation>
  </message>
  <message>
   <source>Move down</source>
   <translation>Chuyển xuống</translation>
  </message>
  <message>
   <source>Remove the lane</source>
   <translation>Xóa rãnh</translation>
  </message>
  <message>
   <source>Name of the voice lane</source>
   <translation>Tên rãnh giọng nói</translation>
  </message>
  <message>
   <source>Name of the marker</source>
   <translation>Tên điểm đánh dấu</translation>
  </message>
  <message>
   <source>Voice</source>
   <translation>Giọng nói</translation>
  </message>
  <message>
   <source>Face</source>
   <translation>Khuôn mặt</translation>
  </message>
  <message>
   <source>There is no voice in the bin yet</source>
   <translation>Kho tư liệu chưa có giọng nói</translation>
  </message>
  <message>
   <source>Rename the marker…</source>
   <translation>Đổi tên điểm đánh dấu…</translation>
  </message>
  <message>
   <source>Colour</source>
   <translation>Màu</translation>
  </message>
  <message>
   <source>Blue</source>
   <translation>Xanh dương</translation>
  </message>
  <message>
   <source>Green</source>
   <translation>Xanh lá</translation>
  </message>
  <message>
   <source>Yellow</source>
   <translation>Vàng</translation>
  </message>
  <message>
   <source>Red</source>
   <translation>Đỏ</translation>
  </message>
  <message>
   <source>Remove the marker</source>
   <translation>Xóa điểm đánh dấu</translation>
  </message>
 </context>
 <context>
  <name>Meter</name>
  <message>
   <source>Level</source>
   <translation>Mức âm</translation>
  </message>
 </context>
 <context>
  <name>ModelCardView</name>
  <message>
   <source>Does not take what is selected.</source>
   <translation>Không nhận những gì đang chọn.</translation>
  </message>
  <message>
   <source>photo</source>
   <translation>ảnh</translation>
  </message>
  <message>
   <source>video</source>
   <translation>video</translation>
  </message>
  <message>
   <source>voice alone</source>
   <translation>chỉ giọng nói</translation>
  </message>
  <message>
   <source>Limits</source>
   <translation>Giới hạn</translation>
  </message>
  <message>
   <source>Paper</source>
   <translation>Bài báo</translation>
  </message>
  <message>
   <source>Licence</source>
   <translation>Giấy phép</translation>
  </message>
  <message>
   <source>code {0}, weights {1}</source>
   <translation>mã {0}, trọng số {1}</translation>
  </message>
  <message>
   <source>Trained on</source>
   <translation>Huấn luyện trên</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Kích thước</translation>
  </message>
  <message>
   <source>weights {0:.1f} MB, memory about {1} MB, faces up to {2} pixels</source>
   <translation>trọng số {0:.1f} MB, bộ nhớ khoảng {1} MB, khuôn mặt đến {2} điểm ảnh</translation>
  </message>
 </context>
 <context>
  <name>ModelCards</name>
  <message>
   <source>The selected segments are made by different models.</source>
   <translation>Các đoạn đã chọn được tạo bởi những mô hình khác nhau.</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>Tự động</translation>
  </message>
  <message>
   <source>The best that fits: {0}.</source>
   <translation>Phù hợp nhất: {0}.</translation>
  </message>
  <message>
   <source>No installed model takes what is selected.</source>
   <translation>Không mô hình đã cài nào nhận những gì đang chọn.</translation>
  </message>
  <message>
   <source>The engine takes the best that fits.</source>
   <translation>Bộ máy chọn mô hình phù hợp nhất.</translation>
  </message>
  <message>
   <source>Show only the chosen model</source>
   <translation>Chỉ hiện mô hình đã chọn</translation>
  </message>
  <message>
   <source>Facts and other models</source>
   <translation>Chi tiết và các mô hình khác</translation>
  </message>
 </context>
 <context>
  <name>ModelDetails</name>
  <message>
   <source>{0} × {0} pixels</source>
   <translation>{0} × {0} điểm ảnh</translation>
  </message>
  <message>
   <source>{0} × {0} up to {1} × {1} pixels</source>
   <translation>{0} × {0} đến {1} × {1} điểm ảnh</translation>
  </message>
  <message>
   <source>Takes</source>
   <translation>Nhận</translation>
  </message>
  <message>
   <source>Face</source>
   <translation>Khuôn mặt</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>Bộ nhớ</translation>
  </message>
  <message>
   <source>about {0}</source>
   <translation>khoảng {0}</translation>
  </message>
  <message>
   <source>Cannot do</source>
   <translation>Không làm được</translation>
  </message>
  <message>
   <source>Paper</source>
   <translation>Bài báo</translation>
  </message>
  <message>
   <source>Learned from</source>
   <translation>Học từ</translation>
  </message>
  <message>
   <source>Comes with the studio and is tested with it.</source>
   <translation>Đi kèm chương trình và được kiểm thử cùng.</translation>
  </message>
  <message>
   <source>Third party: its code runs in a process of its own.</source>
   <translation>Bên thứ ba: mã của nó chạy trong một tiến trình riêng.</translation>
  </message>
  <message>
   <source>Third party: its code runs with your rights. Keep it only if you trust who made it.</source>
   <translation>Bên thứ ba: mã của nó chạy với quyền của bạn. Chỉ giữ lại nếu bạn tin người làm ra nó.</translation>
  </message>
  <message>
   <source>Package</source>
   <translation>Gói</translation>
  </message>
  <message>
   <source>Licence of the code</source>
   <translation>Giấy phép của mã</translation>
  </message>
  <message>
   <source>Licence of the weights</source>
   <translation>Giấy phép của trọng số</translation>
  </message>
  <message>
   <source>Trust and licences</source>
   <translation>Độ tin cậy và giấy phép</translation>
  </message>
  <message>
   <source>runs here</source>
   <translation>chạy được ở đây</translation>
  </message>
  <message>
   <source>does not run here</source>
   <translation>không chạy được ở đây</translation>
  </message>
  <message>
   <source>Presets and weights: {0} on disk</source>
   <translation>Cấu hình sẵn và trọng số: {0} trên đĩa</translation>
  </message>
  <message>
   <source>missing</source>
   <translation>thiếu</translation>
  </message>
  <message>
   <source>Show {0}</source>
   <translation>Hiện {0}</translation>
  </message>
  <message>
   <source>{0} (default {1})</source>
   <translation>{0} (mặc định {1})</translation>
  </message>
  <message>
   <source>Options</source>
   <translation>Tùy chọn</translation>
  </message>
  <message>
   <source>Measured on held-out speakers</source>
   <translation>Đo trên người nói không dùng để huấn luyện</translation>
  </message>
  <message>
   <source>voice</source>
   <translation>giọng nói</translation>
  </message>
  <message>
   <source>photo</source>
   <translation>ảnh</translation>
  </message>
  <message>
   <source>video</source>
   <translation>video</translation>
  </message>
 </context>
 <context>
  <name>ModelState</name>
  <message>
   <source>Ready</source>
   <translation>Sẵn sàng</translation>
  </message>
  <message>
   <source>Not ready</source>
   <translation>Chưa sẵn sàng</translation>
  </message>
 </context>
 <context>
  <name>ModelsPage</name>
  <message>
   <source>Models</source>
   <translation>Mô hình</translation>
  </message>
  <message>
   <source>What makes faces speak: the generators that are installed.</source>
   <translation>Thứ làm khuôn mặt nói: các bộ sinh đã cài.</translation>
  </message>
  <message>
   <source>Install…</source>
   <translation>Cài đặt…</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>Xem lại</translation>
  </message>
  <message>
   <source>From a wheel or zip…</source>
   <translation>Từ tệp wheel hoặc zip…</translation>
  </message>
  <message>
   <source>From a folder…</source>
   <translation>Từ thư mục…</translation>
  </message>
  <message>
   <source>By the name of its package…</source>
   <translation>Theo tên gói…</translation>
  </message>
  <message>
   <source>Install a plugin</source>
   <translation>Cài đặt plugin</translation>
  </message>
  <message>
   <source>Name of the package</source>
   <translation>Tên gói</translation>
  </message>
  <message>
   <source>Look at it</source>
   <translation>Xem</translation>
  </message>
  <message>
   <source>The package is fetched from the package index. You are asked again before any of it is run.</source>
   <translation>Gói được tải từ kho gói. Bạn sẽ được hỏi lại trước khi chạy bất cứ phần nào của nó.</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
  <message>
   <source>Looking for models…</source>
   <translation>Đang tìm mô hình…</translation>
  </message>
  <message>
   <source>The models cannot be listed</source>
   <translation>Không liệt kê được mô hình</translation>
  </message>
  <message>
   <source>Left out: safe mode loads no third-party models.</source>
   <translation>Bị bỏ qua: chế độ an toàn không nạp mô hình bên thứ ba.</translation>
  </message>
  <message>
   <source>No models are installed</source>
   <translation>Chưa cài mô hình nào</translation>
  </message>
  <message>
   <source>Disabled</source>
   <translation>Đã tắt</translation>
  </message>
 </context>
 <context>
  <name>OptionField</name>
  <message>
   <source>Back to {0}</source>
   <translation>Về lại {0}</translation>
  </message>
  <message>
   <source>On</source>
   <translation>Bật</translation>
  </message>
  <message>
   <source>on</source>
   <translation>bật</translation>
  </message>
  <message>
   <source>off</source>
   <translation>tắt</translation>
  </message>
 </context>
 <context>
  <name>OptionsForm</name>
  <message>
   <source>Adapt to this clip</source>
   <translation>Thích nghi với đoạn phim này</translation>
  </message>
  <message>
   <source>This model has no settings.</source>
   <translation>Mô hình này không có thiết lập.</translation>
  </message>
  <message>
   <source>Choose one model for all that is selected.</source>
   <translation>Chọn một mô hình cho tất cả những gì đang chọn.</translation>
  </message>
 </context>
 <context>
  <name>Palette</name>
  <message>
   <source>Command palette</source>
   <translation>Bảng lệnh</translation>
  </message>
  <message>
   <source>What do you want to do?</source>
   <translation>Bạn muốn làm gì?</translation>
  </message>
  <message>
   <source>Commands</source>
   <translation>Lệnh</translation>
  </message>
 </context>
 <context>
  <name>PluginChanges</name>
  <message>
   <source>Looking at {0}…</source>
   <translation>Đang xem {0}…</translation>
  </message>
  <message>
   <source>Looking for another version of {0}…</source>
   <translation>Đang tìm phiên bản khác của {0}…</translation>
  </message>
  <message>
   <source>Changing {0}…</source>
   <translation>Đang thay đổi {0}…</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Gỡ bỏ</translation>
  </message>
  <message>
   <source>Its files are deleted. Segments that use it keep its name and need another model to be exported.</source>
   <translation>Các tệp của nó sẽ bị xóa. Những đoạn dùng nó vẫn giữ tên và cần một mô hình khác để xuất.</translation>
  </message>
  <message>
   <source>Remove {0}?</source>
   <translation>Gỡ bỏ {0}?</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>Giữ lại</translation>
  </message>
  <message>
   <source>Install {0} {1}?</source>
   <translation>Cài đặt {0} {1}?</translation>
  </message>
  <message>
   <source>Install</source>
   <translation>Cài đặt</translation>
  </message>
  <message>
   <source>Do not install</source>
   <translation>Không cài đặt</translation>
  </message>
  <message>
   <source>Installing and trying {0}…</source>
   <translation>Đang cài đặt và thử {0}…</translation>
  </message>
  <message>
   <source>{0} is up to date.</source>
   <translation>{0} đã là bản mới nhất.</translation>
  </message>
  <message>
   <source>Done.</source>
   <translation>Đã xong.</translation>
  </message>
 </context>
 <context>
  <name>PluginFacts</name>
  <message>
   <source>Signed by a publisher whom this studio knows.</source>
   <translation>Được ký bởi một nhà phát hành mà phần mềm này biết.</translation>
  </message>
  <message>
   <source>Unknown: the studio cannot tell who made it.</source>
   <translation>Không rõ: không thể biết ai đã làm ra nó.</translation>
  </message>
  <message>
   <source>It sees the voices and faces that you dub with it.</source>
   <translation>Nó thấy giọng nói và khuôn mặt mà bạn lồng tiếng bằng nó.</translation>
  </message>
  <message>
   <source>It uses the network and can send them to others.</source>
   <translation>Nó dùng mạng và có thể gửi chúng cho người khác.</translation>
  </message>
  <message>
   <source>It reads and changes the files in {0}.</source>
   <translation>Nó đọc và thay đổi các tệp trong {0}.</translation>
  </message>
  <message>
   <source>It asks for neither the network nor your folders.</source>
   <translation>Nó không đòi hỏi mạng lẫn thư mục của bạn.</translation>
  </message>
  <message>
   <source>Enforced by the system.</source>
   <translation>Được hệ thống bảo đảm.</translation>
  </message>
  <message>
   <source>Not enforced: on this system it could use the network and your files like any program.</source>
   <translation>Không được bảo đảm: trên hệ thống này, nó có thể dùng mạng và tệp của bạn như mọi chương trình.</translation>
  </message>
  <message>
   <source>Publisher</source>
   <translation>Nhà phát hành</translation>
  </message>
  <message>
   <source>Trust</source>
   <translation>Độ tin cậy</translation>
  </message>
  <message>
   <source>Permissions</source>
   <translation>Quyền</translation>
  </message>
 </context>
 <context>
  <name>PluginPanel</name>
  <message>
   <source>Version</source>
   <translation>Phiên bản</translation>
  </message>
  <message>
   <source>Installed from</source>
   <translation>Cài đặt từ</translation>
  </message>
  <message>
   <source>On disk</source>
   <translation>Trên đĩa</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Trạng thái</translation>
  </message>
  <message>
   <source>Disable</source>
   <translation>Tắt</translation>
  </message>
  <message>
   <source>Enable</source>
   <translation>Bật</translation>
  </message>
  <message>
   <source>Roll back</source>
   <translation>Quay lại bản trước</translation>
  </message>
  <message>
   <source>Update</source>
   <translation>Cập nhật</translation>
  </message>
  <message>
   <source>Remove…</source>
   <translation>Gỡ bỏ…</translation>
  </message>
  <message>
   <source>Plugin {0}: runs in a process of its own</source>
   <translation>Plugin {0}: chạy trong tiến trình riêng</translation>
  </message>
  <message>
   <source>{0}, before that {1}</source>
   <translation>{0}, trước đó là {1}</translation>
  </message>
 </context>
 <context>
  <name>PreferencesPage</name>
  <message>
   <source>Sections</source>
   <translation>Các mục</translation>
  </message>
  <message>
   <source>Appearance</source>
   <translation>Giao diện</translation>
  </message>
  <message>
   <source>Engine</source>
   <translation>Bộ máy</translation>
  </message>
  <message>
   <source>Storage</source>
   <translation>Lưu trữ</translation>
  </message>
  <message>
   <source>Shortcuts</source>
   <translation>Phím tắt</translation>
  </message>
  <message>
   <source>Consent</source>
   <translation>Sự đồng ý</translation>
  </message>
  <message>
   <source>Preferences</source>
   <translation>Tùy chọn</translation>
  </message>
  <message>
   <source>As the desktop</source>
   <translation>Theo hệ thống</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>Tối</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>Sáng</translation>
  </message>
  <message>
   <source>Colours</source>
   <translation>Màu sắc</translation>
  </message>
  <message>
   <source>Size of text</source>
   <translation>Cỡ chữ</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Ngôn ngữ</translation>
  </message>
  <message>
   <source>Takes effect at the next start.</source>
   <translation>Có hiệu lực ở lần khởi động sau.</translation>
  </message>
  <message>
   <source>Choose by itself: a GPU where there is one</source>
   <translation>Tự chọn: GPU nếu có</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>Bộ xử lý</translation>
  </message>
  <message>
   <source>Choose by itself</source>
   <translation>Tự chọn</translation>
  </message>
  <message>
   <source>fp32: exact</source>
   <translation>fp32: chính xác</translation>
  </message>
  <message>
   <source>bf16: half the memory</source>
   <translation>bf16: nửa bộ nhớ</translation>
  </message>
  <message>
   <source>fp16: half the memory, for older GPUs</source>
   <translation>fp16: nửa bộ nhớ, cho GPU cũ hơn</translation>
  </message>
  <message>
   <source>Load the engine as soon as the window is open</source>
   <translation>Nạp bộ máy ngay khi cửa sổ mở</translation>
  </message>
  <message>
   <source>The first preview comes sooner; without it, less memory is used until then.</source>
   <translation>Bản xem trước đầu tiên đến sớm hơn; nếu không, đến lúc đó dùng ít bộ nhớ hơn.</translation>
  </message>
  <message>
   <source>Networks run on</source>
   <translation>Mạng chạy trên</translation>
  </message>
  <message>
   <source>Unless a project says otherwise.</source>
   <translation>Trừ khi dự án quy định khác.</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>Độ chính xác</translation>
  </message>
  <message>
   <source>The first export of a project asks this. The answer is kept in the project.</source>
   <translation>Lần xuất đầu tiên của một dự án hỏi điều này. Câu trả lời được giữ trong dự án.</translation>
  </message>
  <message>
   <source>Version {0}</source>
   <translation>Phiên bản {0}</translation>
  </message>
 </context>
 <context>
  <name>Projects</name>
  <message>
   <source>Untitled</source>
   <translation>Chưa đặt tên</translation>
  </message>
  <message>
   <source>TalkFace projects</source>
   <translation>Dự án TalkFace</translation>
  </message>
  <message>
   <source>Open project</source>
   <translation>Mở dự án</translation>
  </message>
  <message>
   <source>The sample media were left out of this installation.</source>
   <translation>Bản cài này không kèm tư liệu mẫu.</translation>
  </message>
  <message>
   <source>Save project</source>
   <translation>Lưu dự án</translation>
  </message>
  <message>
   <source>Save the changes to {0}?</source>
   <translation>Lưu thay đổi của {0}?</translation>
  </message>
  <message>
   <source>What is not saved is lost.</source>
   <translation>Những gì chưa lưu sẽ mất.</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Lưu</translation>
  </message>
  <message>
   <source>Do not save</source>
   <translation>Không lưu</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
  <message>
   <source>There is unsaved work of {0}</source>
   <translation>Có công việc chưa lưu của {0}</translation>
  </message>
  <message>
   <source>The program ended before it was saved, on {0}.</source>
   <translation>Chương trình dừng trước khi lưu, vào {0}.</translation>
  </message>
  <message>
   <source>Recover it</source>
   <translation>Khôi phục</translation>
  </message>
  <message>
   <source>Discard it</source>
   <translation>Bỏ đi</translation>
  </message>
  <message>
   <source>Decide later</source>
   <translation>Quyết định sau</translation>
  </message>
  <message>
   <source>Saved {0}.</source>
   <translation>Đã lưu {0}.</translation>
  </message>
 </context>
 <context>
  <name>QualityReport</name>
  <message>
   <source>Measure the quality</source>
   <translation>Đo chất lượng</translation>
  </message>
  <message>
   <source>Jump to the worst frame</source>
   <translation>Đến khung hình kém nhất</translation>
  </message>
  <message>
   <source>Quality</source>
   <translation>Chất lượng</translation>
  </message>
  <message>
   <source>Looking and listening…</source>
   <translation>Đang xem và nghe…</translation>
  </message>
  <message>
   <source>Lips and voice</source>
   <translation>Môi và giọng nói</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>Độ lệch</translation>
  </message>
  <message>
   <source>Mouth</source>
   <translation>Miệng</translation>
  </message>
  <message>
   <source>Worst frame</source>
   <translation>Khung hình kém nhất</translation>
  </message>
  <message>
   <source>Looked at</source>
   <translation>Đã xem</translation>
  </message>
  <message numerus="yes">
   <source>%n frame(s)</source>
   <translation>
    <numerusform>%n khung hình</numerusform>
   </translation>
  </message>
  <message>
   <source>No face was found in it.</source>
   <translation>Không tìm thấy khuôn mặt nào.</translation>
  </message>
  <message>
   <source>not measured: too short, or nobody speaks</source>
   <translation>không đo được: quá ngắn, hoặc không ai nói</translation>
  </message>
  <message>
   <source>good</source>
   <translation>tốt</translation>
  </message>
  <message>
   <source>fair</source>
   <translation>khá</translation>
  </message>
  <message>
   <source>poor</source>
   <translation>kém</translation>
  </message>
  <message>
   <source>{0} ({1} of 1)</source>
   <translation>{0} ({1} trên 1)</translation>
  </message>
  <message>
   <source>none</source>
   <translation>không</translation>
  </message>
  <message>
   <source>lips {0} ms late</source>
   <translation>môi trễ {0} ms</translation>
  </message>
  <message>
   <source>lips {0} ms early</source>
   <translation>môi sớm {0} ms</translation>
  </message>
  <message>
   <source>{0} % as sharp as the eyes</source>
   <translation>sắc nét bằng {0} % vùng mắt</translation>
  </message>
 </context>
 <context>
  <name>QueuePanel</name>
  <message>
   <source>Exports</source>
   <translation>Các bản xuất</translation>
  </message>
  <message>
   <source>No exports yet</source>
   <translation>Chưa có bản xuất</translation>
  </message>
  <message>
   <source>What you export is listed here and made while you go on working, also after a restart.</source>
   <translation>Những gì bạn xuất được liệt kê ở đây và được tạo trong khi bạn làm tiếp, cả sau khi khởi động lại.</translation>
  </message>
  <message>
   <source>Queue everything…</source>
   <translation>Xếp tất cả vào hàng đợi…</translation>
  </message>
  <message>
   <source>Earlier in the queue</source>
   <translation>Sớm hơn trong hàng đợi</translation>
  </message>
  <message>
   <source>Later in the queue</source>
   <translation>Muộn hơn trong hàng đợi</translation>
  </message>
  <message>
   <source>Pause the whole queue</source>
   <translation>Tạm dừng cả hàng đợi</translation>
  </message>
  <message>
   <source>What the engine said of it</source>
   <translation>Bộ máy báo lại</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Đóng</translation>
  </message>
  <message>
   <source>{0} is not there any more</source>
   <translation>{0} không còn ở đó</translation>
  </message>
  <message>
   <source>Let the queue go on</source>
   <translation>Cho hàng đợi chạy tiếp</translation>
  </message>
  <message>
   <source>{0} of {1} done</source>
   <translation>xong {0} trên {1}</translation>
  </message>
  <message>
   <source>{0} failed</source>
   <translation>{0} thất bại</translation>
  </message>
  <message>
   <source>about {0} left</source>
   <translation>còn khoảng {0}</translation>
  </message>
  <message>
   <source>paused</source>
   <translation>đang tạm dừng</translation>
  </message>
  <message>
   <source>{0} is ready</source>
   <translation>{0} đã xong</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>Hiện</translation>
  </message>
 </context>
 <context>
  <name>QueueText</name>
  <message>
   <source>Paused at {0} %</source>
   <translation>Tạm dừng ở {0} %</translation>
  </message>
  <message>
   <source>Paused</source>
   <translation>Tạm dừng</translation>
  </message>
  <message>
   <source>Cancelled</source>
   <translation>Đã hủy</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>Thất bại</translation>
  </message>
  <message>
   <source>Waits until the queue goes on</source>
   <translation>Chờ đến khi hàng đợi chạy tiếp</translation>
  </message>
  <message>
   <source>Tried again in {0}</source>
   <translation>Thử lại sau {0}</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>Đang chờ</translation>
  </message>
  <message>
   <source>Stopping…</source>
   <translation>Đang dừng…</translation>
  </message>
  <message>
   <source>Pausing…</source>
   <translation>Đang tạm dừng…</translation>
  </message>
  <message>
   <source>Looking for faces, loading the model…</source>
   <translation>Đang tìm khuôn mặt, nạp mô hình…</translation>
  </message>
  <message>
   <source>Frame {0} of {1}</source>
   <translation>Khung hình {0} trên {1}</translation>
  </message>
  <message>
   <source>{0} frames/s</source>
   <translation>{0} khung hình/giây</translation>
  </message>
  <message>
   <source>{0} left</source>
   <translation>còn {0}</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Xong</translation>
  </message>
  <message>
   <source>{0} of video, made in {1}</source>
   <translation>{0} video, tạo trong {1}</translation>
  </message>
 </context>
 <context>
  <name>Rail</name>
  <message>
   <source>Edit</source>
   <translation>Sửa</translation>
  </message>
 </context>
 <context>
  <name>RecordDialog</name>
  <message>
   <source>Record a voice</source>
   <translation>Ghi giọng nói</translation>
  </message>
  <message>
   <source>Microphone</source>
   <translation>Micrô</translation>
  </message>
  <message>
   <source>Record</source>
   <translation>Ghi</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
  <message>
   <source>No microphone was found; plug one in and open this again.</source>
   <translation>Không tìm thấy micrô; hãy cắm một chiếc rồi mở lại.</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Dừng</translation>
  </message>
 </context>
 <context>
  <name>SegmentPage</name>
  <message>
   <source>Audio offset</source>
   <translation>Độ lệch âm thanh</translation>
  </message>
  <message>
   <source>Muted</source>
   <translation>Tắt tiếng</translation>
  </message>
  <message>
   <source>Leave it out of preview and export.</source>
   <translation>Bỏ qua khi xem trước và xuất.</translation>
  </message>
  <message>
   <source>Another seed</source>
   <translation>Hạt giống khác</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>Hạt giống</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Kích thước</translation>
  </message>
  <message>
   <source>Moves the speech later (positive) or earlier against the picture.</source>
   <translation>Dời giọng nói muộn hơn (dương) hoặc sớm hơn so với hình.</translation>
  </message>
  <message>
   <source>What chance starts from: the same seed gives the same frames.</source>
   <translation>Điểm khởi đầu của ngẫu nhiên: cùng hạt giống cho cùng khung hình.</translation>
  </message>
  <message>
   <source>Voice</source>
   <translation>Giọng nói</translation>
  </message>
  <message>
   <source>Speaks with</source>
   <translation>Nói bằng giọng</translation>
  </message>
  <message>
   <source>Face</source>
   <translation>Khuôn mặt</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Mô hình</translation>
  </message>
  <message>
   <source>Settings of the model</source>
   <translation>Thiết lập của mô hình</translation>
  </message>
  <message>
   <source>{0} to {1}, {2}</source>
   <translation>{0} đến {1}, {2}</translation>
  </message>
  <message>
   <source>{0} segments</source>
   <translation>{0} đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>{0} together; changes are made to all of them</source>
   <translation>tổng cộng {0}; thay đổi áp dụng cho tất cả</translation>
  </message>
  <message>
   <source>Mixed</source>
   <translation>Nhiều giá trị</translation>
  </message>
  <message>
   <source>{0} (cannot run here)</source>
   <translation>{0} (không chạy được ở đây)</translation>
  </message>
 </context>
 <context>
  <name>SheetWords</name>
  <message numerus="yes">
   <source>Add %n export(s) to the queue</source>
   <translation>
    <numerusform>Thêm %n bản xuất vào hàng đợi</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n export(s) added to the queue</source>
   <translation>
    <numerusform>Đã thêm %n bản xuất vào hàng đợi</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>ShortcutsEditor</name>
  <message>
   <source>Search commands and keys</source>
   <translation>Tìm lệnh và phím</translation>
  </message>
  <message>
   <source>Reset all</source>
   <translation>Đặt lại tất cả</translation>
  </message>
  <message>
   <source>Press a shortcut, then the new keys. Backspace takes it away.</source>
   <translation>Nhấn vào một phím tắt, rồi nhấn phím mới. Phím lùi xóa nó đi.</translation>
  </message>
  <message>
   <source>{0} means “{1}” already.</source>
   <translation>{0} đã có nghĩa là “{1}”.</translation>
  </message>
  <message>
   <source>Shall it mean “{0}” from now on?</source>
   <translation>Từ nay nó có nghĩa là “{0}”?</translation>
  </message>
  <message>
   <source>Take it over</source>
   <translation>Chuyển sang</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
  <message>
   <source>Elsewhere</source>
   <translation>Khác</translation>
  </message>
  <message>
   <source>Shortcut of {0}</source>
   <translation>Phím tắt của {0}</translation>
  </message>
  <message>
   <source>Back to what it was at first</source>
   <translation>Về như ban đầu</translation>
  </message>
  <message>
   <source>Reset all shortcuts?</source>
   <translation>Đặt lại mọi phím tắt?</translation>
  </message>
  <message>
   <source>Shortcuts of your own are forgotten.</source>
   <translation>Các phím tắt riêng của bạn sẽ bị quên.</translation>
  </message>
 </context>
 <context>
  <name>StartPage</name>
  <message>
   <source>Not saved when the program ended</source>
   <translation>Chưa lưu khi chương trình dừng</translation>
  </message>
  <message>
   <source>Recent projects</source>
   <translation>Dự án gần đây</translation>
  </message>
  <message>
   <source>Give a face another voice. Everything stays on this computer.</source>
   <translation>Cho một khuôn mặt giọng nói khác. Mọi thứ ở lại trên máy này.</translation>
  </message>
  <message>
   <source>New project</source>
   <translation>Dự án mới</translation>
  </message>
  <message>
   <source>Drop a clip and a voice, and begin.</source>
   <translation>Thả một đoạn phim và một giọng nói rồi bắt đầu.</translation>
  </message>
  <message>
   <source>Open a project</source>
   <translation>Mở một dự án</translation>
  </message>
  <message>
   <source>From a file on this computer.</source>
   <translation>Từ một tệp trên máy này.</translation>
  </message>
  <message>
   <source>Try the sample</source>
   <translation>Thử bản mẫu</translation>
  </message>
  <message>
   <source>A video and a photo that speak another voice.</source>
   <translation>Một video và một bức ảnh nói bằng giọng khác.</translation>
  </message>
  <message>
   <source>not there</source>
   <translation>không có</translation>
  </message>
  <message>
   <source>Forget {0}</source>
   <translation>Quên {0}</translation>
  </message>
  <message>
   <source>no media</source>
   <translation>không có tư liệu</translation>
  </message>
  <message>
   <source>Untitled</source>
   <translation>Chưa đặt tên</translation>
  </message>
 </context>
 <context>
  <name>StorageSettings</name>
  <message>
   <source>The caches were cleared</source>
   <translation>Đã dọn bộ nhớ đệm</translation>
  </message>
  <message>
   <source>Caches: {0}</source>
   <translation>Bộ nhớ đệm: {0}</translation>
  </message>
  <message>
   <source>What is here was computed and can be computed again: clearing costs only time.</source>
   <translation>Những gì ở đây được tính ra và có thể tính lại: dọn chỉ tốn thời gian.</translation>
  </message>
  <message>
   <source>Clear all caches</source>
   <translation>Dọn mọi bộ nhớ đệm</translation>
  </message>
  <message>
   <source>Data: queue, recovery, weights</source>
   <translation>Dữ liệu: hàng đợi, khôi phục, trọng số</translation>
  </message>
  <message>
   <source>Weights that did not come with a model</source>
   <translation>Trọng số không đi kèm mô hình</translation>
  </message>
  <message>
   <source>Settings and shortcuts</source>
   <translation>Thiết lập và phím tắt</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>Thư mục</translation>
  </message>
  <message>
   <source>Show {0}</source>
   <translation>Hiện {0}</translation>
  </message>
  <message>
   <source>Clear {0}</source>
   <translation>Dọn {0}</translation>
  </message>
  <message>
   <source>{0}: {1} are freed. What is needed again is computed again.</source>
   <translation>{0}: giải phóng {1}. Những gì cần lại sẽ được tính lại.</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>Dọn</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
  <message>
   <source>Clear?</source>
   <translation>Dọn?</translation>
  </message>
  <message>
   <source>What is known of media files</source>
   <translation>Thông tin đã biết về tệp tư liệu</translation>
  </message>
  <message>
   <source>Faces followed in videos</source>
   <translation>Khuôn mặt đã theo dõi trong video</translation>
  </message>
  <message>
   <source>What models learned of videos</source>
   <translation>Những gì mô hình học từ video</translation>
  </message>
 </context>
 <context>
  <name>StudioWindow</name>
  <message numerus="yes">
   <source>%n export(s) not finished</source>
   <translation>
    <numerusform>%n bản xuất chưa xong</numerusform>
   </translation>
  </message>
  <message>
   <source>Closing stops what runs; nothing half-written is left, and the queue keeps what is not done.</source>
   <translation>Đóng sẽ dừng những gì đang chạy; không để lại tệp dở dang, và hàng đợi giữ những gì chưa xong.</translation>
  </message>
  <message>
   <source>Stop them and close</source>
   <translation>Dừng và đóng</translation>
  </message>
  <message>
   <source>Keep working</source>
   <translation>Làm tiếp</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>Công cụ</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>Xuất</translation>
  </message>
  <message>
   <source>Version {0}. Dubs a face with a voice. Free software under the Apache Licence 2.0.</source>
   <translation>Phiên bản {0}. Lồng tiếng cho khuôn mặt. Phần mềm tự do theo Giấy phép Apache 2.0.</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Đóng</translation>
  </message>
  <message>
   <source>The engine ended and is started again: {0}</source>
   <translation>Bộ máy đã dừng và được khởi động lại: {0}</translation>
  </message>
  <message>
   <source>Start it again</source>
   <translation>Khởi động lại</translation>
  </message>
  <message>
   <source>The engine cannot be started: {0}</source>
   <translation>Không khởi động được bộ máy: {0}</translation>
  </message>
 </context>
 <context>
  <name>Texts</name>
  <message>
   <source>face from the voice</source>
   <translation>khuôn mặt từ giọng nói</translation>
  </message>
  <message>
   <source>picked face</source>
   <translation>khuôn mặt đã chọn</translation>
  </message>
  <message>
   <source>Face {0}</source>
   <translation>Khuôn mặt {0}</translation>
  </message>
  <message>
   <source>{0}: missing</source>
   <translation>{0}: bị thiếu</translation>
  </message>
  <message>
   <source>{0}: cannot be read</source>
   <translation>{0}: không đọc được</translation>
  </message>
  <message>
   <source>Voice {0}</source>
   <translation>Giọng nói {0}</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>Hình</translation>
  </message>
  <message>
   <source>{0}, from {1} to {2}, on {3}</source>
   <translation>{0}, từ {1} đến {2}, trên {3}</translation>
  </message>
  <message>
   <source>{0}, muted</source>
   <translation>{0}, tắt tiếng</translation>
  </message>
  <message>
   <source>{0} items selected</source>
   <translation>đã chọn {0} mục</translation>
  </message>
  <message>
   <source>nothing selected</source>
   <translation>chưa chọn gì</translation>
  </message>
 </context>
 <context>
  <name>TimelinePanel</name>
  <message>
   <source>Playhead</source>
   <translation>Đầu phát</translation>
  </message>
  <message>
   <source>Drop a video or a photo here, then a voice</source>
   <translation>Thả một video hoặc ảnh vào đây, rồi một giọng nói</translation>
  </message>
  <message>
   <source>The voice is what the face will say. Or select them in the bin and press E.</source>
   <translation>Giọng nói là điều khuôn mặt sẽ nói. Hoặc chọn chúng trong kho tư liệu và nhấn E.</translation>
  </message>
  <message>
   <source>of {0}</source>
   <translation>trên {0}</translation>
  </message>
 </context>
 <context>
  <name>TimelineView</name>
  <message>
   <source>Timeline</source>
   <translation>Dòng thời gian</translation>
  </message>
 </context>
 <context>
  <name>Toast</name>
  <message>
   <source>Dismiss</source>
   <translation>Ẩn đi</translation>
  </message>
 </context>
 <context>
  <name>TrainingJobs</name>
  <message>
   <source>The training ended without a word; is memory short?</source>
   <translation>Việc huấn luyện dừng mà không nói gì; có thiếu bộ nhớ không?</translation>
  </message>
 </context>
 <context>
  <name>TrainingPage</name>
  <message>
   <source>Trainings</source>
   <translation>Các lần huấn luyện</translation>
  </message>
  <message>
   <source>New training</source>
   <translation>Huấn luyện mới</translation>
  </message>
 </context>
 <context>
  <name>TrainingResult</name>
  <message>
   <source>Compare with the shipped weights</source>
   <translation>So với trọng số đi kèm</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>Dùng nó</translation>
  </message>
  <message>
   <source>Save the weights…</source>
   <translation>Lưu trọng số…</translation>
  </message>
  <message>
   <source>The result</source>
   <translation>Kết quả</translation>
  </message>
  <message>
   <source>The studio dubs with the weights that this model's plugin brings for the preset {0}. Save these to keep them, or to make them part of a plugin.</source>
   <translation>Với cấu hình {0}, chương trình lồng tiếng bằng trọng số do plugin của mô hình này mang theo. Hãy lưu trọng số này để giữ lại, hoặc để đưa vào một plugin.</translation>
  </message>
  <message>
   <source>Writing the weights…</source>
   <translation>Đang ghi trọng số…</translation>
  </message>
  <message>
   <source>Measuring these weights on the held-out clips…</source>
   <translation>Đang đo trọng số này trên các đoạn để riêng…</translation>
  </message>
  <message>
   <source>Measuring the shipped weights on the held-out clips…</source>
   <translation>Đang đo trọng số đi kèm trên các đoạn để riêng…</translation>
  </message>
  <message>
   <source>Stop measuring</source>
   <translation>Dừng đo</translation>
  </message>
  <message>
   <source>Measured on the held-out clips of this data set.</source>
   <translation>Đo trên các đoạn để riêng của bộ dữ liệu này.</translation>
  </message>
  <message>
   <source>these weights</source>
   <translation>trọng số này</translation>
  </message>
  <message>
   <source>shipped</source>
   <translation>đi kèm</translation>
  </message>
  <message>
   <source>In use: {0}</source>
   <translation>Đang dùng: {0}</translation>
  </message>
  <message>
   <source>The model dubs with these weights from now on</source>
   <translation>Từ nay mô hình lồng tiếng bằng trọng số này</translation>
  </message>
  <message>
   <source>Save the weights</source>
   <translation>Lưu trọng số</translation>
  </message>
  <message>
   <source>Saved: {0}</source>
   <translation>Đã lưu: {0}</translation>
  </message>
 </context>
 <context>
  <name>TrainingRun</name>
  <message>
   <source>Pause</source>
   <translation>Tạm dừng</translation>
  </message>
  <message>
   <source>Stages</source>
   <translation>Các giai đoạn</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Chạy tiếp</translation>
  </message>
  <message>
   <source>Done: every stage has its weights.</source>
   <translation>Xong: mọi giai đoạn đã có trọng số.</translation>
  </message>
  <message>
   <source>Training…</source>
   <translation>Đang huấn luyện…</translation>
  </message>
  <message>
   <source>Starting…</source>
   <translation>Đang bắt đầu…</translation>
  </message>
  <message>
   <source>Paused. It goes on from its last checkpoint.</source>
   <translation>Tạm dừng. Sẽ chạy tiếp từ điểm lưu cuối.</translation>
  </message>
  <message>
   <source>step {0} of {1}</source>
   <translation>bước {0} trên {1}</translation>
  </message>
  <message>
   <source>{0} trained, {1} left in this stage</source>
   <translation>đã huấn luyện {0}, giai đoạn này còn {1}</translation>
  </message>
  <message>
   <source>{0}, step {1}</source>
   <translation>{0}, bước {1}</translation>
  </message>
  <message>
   <source>Sample picture: {0}</source>
   <translation>Ảnh mẫu: {0}</translation>
  </message>
  <message>
   <source>Finishing the present step…</source>
   <translation>Đang hoàn tất bước hiện tại…</translation>
  </message>
 </context>
 <context>
  <name>TrainingSetup</name>
  <message>
   <source>Check the clips</source>
   <translation>Kiểm tra các đoạn</translation>
  </message>
  <message>
   <source>Start training</source>
   <translation>Bắt đầu huấn luyện</translation>
  </message>
  <message>
   <source>New training</source>
   <translation>Huấn luyện mới</translation>
  </message>
  <message>
   <source>Teach a model the faces and voices of your own clips. Everything stays on this machine.</source>
   <translation>Dạy mô hình khuôn mặt và giọng nói trong các đoạn phim của bạn. Mọi thứ ở lại trên máy này.</translation>
  </message>
  <message>
   <source>Looking at the clips</source>
   <translation>Đang xem các đoạn</translation>
  </message>
  <message>
   <source>Choose a folder of clips that exists.</source>
   <translation>Hãy chọn một thư mục đoạn phim có thật.</translation>
  </message>
  <message>
   <source>A folder of videos, one speaking person in each</source>
   <translation>Thư mục video, mỗi video một người nói</translation>
  </message>
  <message>
   <source>Clips</source>
   <translation>Đoạn phim</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>Chọn…</translation>
  </message>
  <message>
   <source>As many as the preset says</source>
   <translation>Nhiều như cấu hình quy định</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Mô hình</translation>
  </message>
  <message>
   <source>Preset</source>
   <translation>Cấu hình sẵn</translation>
  </message>
  <message>
   <source>compact learns in hours, paper in days.</source>
   <translation>compact học trong vài giờ, paper trong vài ngày.</translation>
  </message>
  <message>
   <source>Folders in it are taken for speakers. A data set that was made before can be chosen too.</source>
   <translation>Các thư mục con được xem là người nói. Cũng có thể chọn bộ dữ liệu đã tạo trước đó.</translation>
  </message>
  <message>
   <source>Steps of a stage, at most</source>
   <translation>Số bước tối đa của một giai đoạn</translation>
  </message>
  <message>
   <source>No installed model can be trained.</source>
   <translation>Không mô hình đã cài nào huấn luyện được.</translation>
  </message>
  <message>
   <source>Folder of clips</source>
   <translation>Thư mục đoạn phim</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Dừng</translation>
  </message>
  <message>
   <source>No clip can be used; the reasons are below.</source>
   <translation>Không đoạn nào dùng được; lý do ở bên dưới.</translation>
  </message>
  <message>
   <source>Ready to train. No clip is held out, so nothing can be measured later.</source>
   <translation>Sẵn sàng huấn luyện. Không có đoạn để riêng nên sau này không đo được gì.</translation>
  </message>
  <message>
   <source>Ready to train.</source>
   <translation>Sẵn sàng huấn luyện.</translation>
  </message>
  <message>
   <source>Usable clips</source>
   <translation>Đoạn dùng được</translation>
  </message>
  <message>
   <source>Of these held out</source>
   <translation>Trong đó để riêng</translation>
  </message>
  <message>
   <source>Speakers</source>
   <translation>Người nói</translation>
  </message>
  <message>
   <source>Length</source>
   <translation>Độ dài</translation>
  </message>
  <message>
   <source>Left out</source>
   <translation>Bị bỏ</translation>
  </message>
  <message>
   <source>The clips</source>
   <translation>Các đoạn</translation>
  </message>
  <message>
   <source>Left out, and why</source>
   <translation>Bị bỏ, và vì sao</translation>
  </message>
 </context>
 <context>
  <name>Transport</name>
  <message>
   <source>Time at the playhead</source>
   <translation>Thời gian tại đầu phát</translation>
  </message>
  <message>
   <source>Volume</source>
   <translation>Âm lượng</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Tạm dừng</translation>
  </message>
  <message>
   <source>Play</source>
   <translation>Phát</translation>
  </message>
 </context>
 <context>
  <name>ViewerPanel</name>
  <message>
   <source>Drop a video or a photo here, and a voice.</source>
   <translation>Thả một video hoặc ảnh, và một giọng nói vào đây.</translation>
  </message>
  <message>
   <source>Drag media from the left onto the timeline.</source>
   <translation>Kéo tư liệu từ bên trái vào dòng thời gian.</translation>
  </message>
  <message>
   <source>No picture at the playhead.</source>
   <translation>Không có hình tại đầu phát.</translation>
  </message>
  <message>
   <source>Dubbing…</source>
   <translation>Đang lồng tiếng…</translation>
  </message>
  <message>
   <source>{0:.2g} × real time</source>
   <translation>{0:.2g} × thời gian thực</translation>
  </message>
  <message>
   <source>no face here</source>
   <translation>không có khuôn mặt ở đây</translation>
  </message>
  <message>
   <source>No voice is heard here; put one on the timeline, then pick its face.</source>
   <translation>Ở đây không nghe giọng nói nào; hãy đặt một giọng lên dòng thời gian rồi chọn khuôn mặt.</translation>
  </message>
 </context>
 <context>
  <name>_Candidate</name>
  <message>
   <source>Face {0}</source>
   <translation>Khuôn mặt {0}</translation>
  </message>
  <message>
   <source>Imagining…</source>
   <translation>Đang hình dung…</translation>
  </message>
  <message>
   <source>looks male</source>
   <translation>trông như nam</translation>
  </message>
  <message>
   <source>looks female</source>
   <translation>trông như nữ</translation>
  </message>
  <message>
   <source>about {0}</source>
   <translation>khoảng {0} tuổi</translation>
  </message>
 </context>
 <context>
  <name>command</name>
  <message>
   <source>New project</source>
   <translation>Dự án mới</translation>
  </message>
  <message>
   <source>Open project…</source>
   <translation>Mở dự án…</translation>
  </message>
  <message>
   <source>Open the sample project</source>
   <translation>Mở dự án mẫu</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Lưu</translation>
  </message>
  <message>
   <source>Save as…</source>
   <translation>Lưu thành…</translation>
  </message>
  <message>
   <source>Add media…</source>
   <translation>Thêm tư liệu…</translation>
  </message>
  <message>
   <source>Add a folder…</source>
   <translation>Thêm thư mục…</translation>
  </message>
  <message>
   <source>Imagine a face from this voice…</source>
   <translation>Hình dung khuôn mặt từ giọng nói này…</translation>
  </message>
  <message>
   <source>Record a voice…</source>
   <translation>Ghi giọng nói…</translation>
  </message>
  <message>
   <source>Find missing media…</source>
   <translation>Tìm tư liệu bị thiếu…</translation>
  </message>
  <message>
   <source>Export…</source>
   <translation>Xuất…</translation>
  </message>
  <message>
   <source>Queue everything…</source>
   <translation>Xếp tất cả vào hàng đợi…</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>Thoát</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Hoàn tác</translation>
  </message>
  <message>
   <source>Redo</source>
   <translation>Làm lại</translation>
  </message>
  <message>
   <source>Cut</source>
   <translation>Cắt</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>Sao chép</translation>
  </message>
  <message>
   <source>Paste</source>
   <translation>Dán</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>Nhân đôi</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>Xóa</translation>
  </message>
  <message>
   <source>Ripple delete</source>
   <translation>Xóa và dồn</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>Chọn tất cả</translation>
  </message>
  <message>
   <source>Select nothing</source>
   <translation>Bỏ chọn</translation>
  </message>
  <message>
   <source>Preferences…</source>
   <translation>Tùy chọn…</translation>
  </message>
  <message>
   <source>Put on the timeline</source>
   <translation>Đặt lên dòng thời gian</translation>
  </message>
  <message>
   <source>Split at the playhead</source>
   <translation>Tách tại đầu phát</translation>
  </message>
  <message>
   <source>Split all lanes at the playhead</source>
   <translation>Tách mọi rãnh tại đầu phát</translation>
  </message>
  <message>
   <source>Trim the start to the playhead</source>
   <translation>Cắt phần đầu đến đầu phát</translation>
  </message>
  <message>
   <source>Trim the end to the playhead</source>
   <translation>Cắt phần cuối đến đầu phát</translation>
  </message>
  <message>
   <source>Close the gap at the playhead</source>
   <translation>Khép khoảng trống tại đầu phát</translation>
  </message>
  <message>
   <source>Move one frame earlier</source>
   <translation>Dời sớm một khung hình</translation>
  </message>
  <message>
   <source>Move one frame later</source>
   <translation>Dời muộn một khung hình</translation>
  </message>
  <message>
   <source>Move the speech 10 ms earlier</source>
   <translation>Dời giọng nói sớm 10 ms</translation>
  </message>
  <message>
   <source>Move the speech 10 ms later</source>
   <translation>Dời giọng nói muộn 10 ms</translation>
  </message>
  <message>
   <source>Mute or unmute</source>
   <translation>Tắt hoặc bật tiếng</translation>
  </message>
  <message>
   <source>Assign a voice…</source>
   <translation>Gán giọng nói…</translation>
  </message>
  <message>
   <source>Dub the next face</source>
   <translation>Lồng tiếng khuôn mặt tiếp theo</translation>
  </message>
  <message>
   <source>Make the face from the voice</source>
   <translation>Tạo khuôn mặt từ giọng nói</translation>
  </message>
  <message>
   <source>Add a voice lane</source>
   <translation>Thêm rãnh giọng nói</translation>
  </message>
  <message>
   <source>Mute or unmute the lane</source>
   <translation>Tắt hoặc bật tiếng rãnh</translation>
  </message>
  <message>
   <source>Remove the lane</source>
   <translation>Xóa rãnh</translation>
  </message>
  <message>
   <source>Set the in point</source>
   <translation>Đặt điểm vào</translation>
  </message>
  <message>
   <source>Set the out point</source>
   <translation>Đặt điểm ra</translation>
  </message>
  <message>
   <source>Clear the in and out points</source>
   <translation>Xóa điểm vào và điểm ra</translation>
  </message>
  <message>
   <source>Add a marker</source>
   <translation>Thêm điểm đánh dấu</translation>
  </message>
  <message>
   <source>Snap</source>
   <translation>Bắt dính</translation>
  </message>
  <message>
   <source>Go to the lane above</source>
   <translation>Đến rãnh phía trên</translation>
  </message>
  <message>
   <source>Go to the lane below</source>
   <translation>Đến rãnh phía dưới</translation>
  </message>
  <message>
   <source>Select the previous item of the lane</source>
   <translation>Chọn mục trước trên rãnh</translation>
  </message>
  <message>
   <source>Select the next item of the lane</source>
   <translation>Chọn mục sau trên rãnh</translation>
  </message>
  <message>
   <source>Add the previous item to the selection</source>
   <translation>Thêm mục trước vào vùng chọn</translation>
  </message>
  <message>
   <source>Add the next item to the selection</source>
   <translation>Thêm mục sau vào vùng chọn</translation>
  </message>
  <message>
   <source>Select what the playhead is on</source>
   <translation>Chọn mục tại đầu phát</translation>
  </message>
  <message>
   <source>Add what the playhead is on to the selection</source>
   <translation>Thêm mục tại đầu phát vào vùng chọn</translation>
  </message>
  <message>
   <source>Rename the marker or the lane</source>
   <translation>Đổi tên điểm đánh dấu hoặc rãnh</translation>
  </message>
  <message>
   <source>Move to the lane above</source>
   <translation>Chuyển lên rãnh phía trên</translation>
  </message>
  <message>
   <source>Move to the lane below</source>
   <translation>Chuyển xuống rãnh phía dưới</translation>
  </message>
  <message>
   <source>Show an earlier part of the media</source>
   <translation>Hiện phần sớm hơn của tư liệu</translation>
  </message>
  <message>
   <source>Show a later part of the media</source>
   <translation>Hiện phần muộn hơn của tư liệu</translation>
  </message>
  <message>
   <source>Play or pause</source>
   <translation>Phát hoặc tạm dừng</translation>
  </message>
  <message>
   <source>Play backwards</source>
   <translation>Phát ngược</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Dừng</translation>
  </message>
  <message>
   <source>Play forwards, faster each time</source>
   <translation>Phát xuôi, mỗi lần nhanh hơn</translation>
  </message>
  <message>
   <source>Loop between the in and out points</source>
   <translation>Lặp giữa điểm vào và điểm ra</translation>
  </message>
  <message>
   <source>Previous frame</source>
   <translation>Khung hình trước</translation>
  </message>
  <message>
   <source>Next frame</source>
   <translation>Khung hình sau</translation>
  </message>
  <message>
   <source>One second back</source>
   <translation>Lùi một giây</translation>
  </message>
  <message>
   <source>One second on</source>
   <translation>Tới một giây</translation>
  </message>
  <message>
   <source>Go to the start</source>
   <translation>Đến đầu</translation>
  </message>
  <message>
   <source>Go to the end</source>
   <translation>Đến cuối</translation>
  </message>
  <message>
   <source>Go to the previous edge</source>
   <translation>Đến mép trước</translation>
  </message>
  <message>
   <source>Go to the next edge</source>
   <translation>Đến mép sau</translation>
  </message>
  <message>
   <source>Go to the previous marker</source>
   <translation>Đến điểm đánh dấu trước</translation>
  </message>
  <message>
   <source>Go to the next marker</source>
   <translation>Đến điểm đánh dấu sau</translation>
  </message>
  <message>
   <source>Go to the in point</source>
   <translation>Đến điểm vào</translation>
  </message>
  <message>
   <source>Go to the out point</source>
   <translation>Đến điểm ra</translation>
  </message>
  <message>
   <source>Command palette…</source>
   <translation>Bảng lệnh…</translation>
  </message>
  <message>
   <source>Zoom in</source>
   <translation>Phóng to</translation>
  </message>
  <message>
   <source>Zoom out</source>
   <translation>Thu nhỏ</translation>
  </message>
  <message>
   <source>Zoom to fit</source>
   <translation>Vừa khung</translation>
  </message>
  <message>
   <source>Zoom to the mouth</source>
   <translation>Phóng to miệng</translation>
  </message>
  <message>
   <source>Show faces</source>
   <translation>Hiện khuôn mặt</translation>
  </message>
  <message>
   <source>Show the dubbed frame</source>
   <translation>Hiện khung hình đã lồng tiếng</translation>
  </message>
  <message>
   <source>One picture</source>
   <translation>Một hình</translation>
  </message>
  <message>
   <source>Side by side</source>
   <translation>Cạnh nhau</translation>
  </message>
  <message>
   <source>Wipe</source>
   <translation>Thanh gạt</translation>
  </message>
  <message>
   <source>Show the source while held</source>
   <translation>Hiện bản gốc khi giữ phím</translation>
  </message>
  <message>
   <source>Compare models</source>
   <translation>So sánh mô hình</translation>
  </message>
  <message>
   <source>Media bin</source>
   <translation>Kho tư liệu</translation>
  </message>
  <message>
   <source>Viewer</source>
   <translation>Khung xem</translation>
  </message>
  <message>
   <source>Timeline</source>
   <translation>Dòng thời gian</translation>
  </message>
  <message>
   <source>Inspector</source>
   <translation>Bảng thuộc tính</translation>
  </message>
  <message>
   <source>Export queue</source>
   <translation>Hàng đợi xuất</translation>
  </message>
  <message>
   <source>Model manager</source>
   <translation>Quản lý mô hình</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>Huấn luyện</translation>
  </message>
  <message>
   <source>Start page</source>
   <translation>Trang đầu</translation>
  </message>
  <message>
   <source>Larger text</source>
   <translation>Chữ lớn hơn</translation>
  </message>
  <message>
   <source>Smaller text</source>
   <translation>Chữ nhỏ hơn</translation>
  </message>
  <message>
   <source>Dark or light</source>
   <translation>Tối hoặc sáng</translation>
  </message>
  <message>
   <source>Full screen</source>
   <translation>Toàn màn hình</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Tạm dừng</translation>
  </message>
  <message>
   <source>Resume</source>
   <translation>Tiếp tục</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Hủy</translation>
  </message>
  <message>
   <source>Retry</source>
   <translation>Thử lại</translation>
  </message>
  <message>
   <source>What was made…</source>
   <translation>Đã làm gì…</translation>
  </message>
  <message>
   <source>Open the folder</source>
   <translation>Mở thư mục</translation>
  </message>
  <message>
   <source>Clear what is finished</source>
   <translation>Dọn những gì đã kết thúc</translation>
  </message>
  <message>
   <source>User guide</source>
   <translation>Hướng dẫn sử dụng</translation>
  </message>
  <message>
   <source>Keyboard shortcuts</source>
   <translation>Phím tắt bàn phím</translation>
  </message>
  <message>
   <source>Diagnostics</source>
   <translation>Chẩn đoán</translation>
  </message>
  <message>
   <source>About TalkFace Studio</source>
   <translation>Giới thiệu TalkFace Studio</translation>
  </message>
 </context>
 <context>
  <name>menu</name>
  <message>
   <source>File</source>
   <translation>Tệp</translation>
  </message>
  <message>
   <source>Edit</source>
   <translation>Sửa</translation>
  </message>
  <message>
   <source>Timeline</source>
   <translation>Dòng thời gian</translation>
  </message>
  <message>
   <source>By keyboard</source>
   <translation>Bằng bàn phím</translation>
  </message>
  <message>
   <source>Playback</source>
   <translation>Phát</translation>
  </message>
  <message>
   <source>View</source>
   <translation>Xem</translation>
  </message>
  <message>
   <source>Compare</source>
   <translation>So sánh</translation>
  </message>
  <message>
   <source>Go to</source>
   <translation>Đi đến</translation>
  </message>
  <message>
   <source>Queue</source>
   <translation>Hàng đợi</translation>
  </message>
  <message>
   <source>Help</source>
   <translation>Trợ giúp</translation>
  </message>
 </context>
 <context>
  <name>edit</name>
  <message>
   <source>Add media</source>
   <translation>Thêm tư liệu</translation>
  </message>
  <message>
   <source>Remove media</source>
   <translation>Xóa tư liệu</translation>
  </message>
  <message>
   <source>Relink media</source>
   <translation>Liên kết lại tư liệu</translation>
  </message>
  <message>
   <source>Add clip</source>
   <translation>Thêm đoạn phim</translation>
  </message>
  <message>
   <source>Add segment</source>
   <translation>Thêm đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Trim</source>
   <translation>Cắt ngắn</translation>
  </message>
  <message>
   <source>Trim clip</source>
   <translation>Cắt ngắn đoạn phim</translation>
  </message>
  <message>
   <source>Trim segment</source>
   <translation>Cắt ngắn đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Split</source>
   <translation>Tách</translation>
  </message>
  <message>
   <source>Split clip</source>
   <translation>Tách đoạn phim</translation>
  </message>
  <message>
   <source>Split segment</source>
   <translation>Tách đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Move</source>
   <translation>Di chuyển</translation>
  </message>
  <message>
   <source>Move clip</source>
   <translation>Di chuyển đoạn phim</translation>
  </message>
  <message>
   <source>Move segment</source>
   <translation>Di chuyển đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>Xóa</translation>
  </message>
  <message>
   <source>Delete clip</source>
   <translation>Xóa đoạn phim</translation>
  </message>
  <message>
   <source>Delete segment</source>
   <translation>Xóa đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Ripple delete</source>
   <translation>Xóa và dồn</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>Nhân đôi</translation>
  </message>
  <message>
   <source>Duplicate clip</source>
   <translation>Nhân đôi đoạn phim</translation>
  </message>
  <message>
   <source>Duplicate segment</source>
   <translation>Nhân đôi đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Cut</source>
   <translation>Cắt</translation>
  </message>
  <message>
   <source>Paste</source>
   <translation>Dán</translation>
  </message>
  <message>
   <source>Mute segment</source>
   <translation>Tắt tiếng đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Unmute segment</source>
   <translation>Bật tiếng đoạn lồng tiếng</translation>
  </message>
  <message>
   <source>Slip</source>
   <translation>Trượt</translation>
  </message>
  <message>
   <source>Assign face</source>
   <translation>Gán khuôn mặt</translation>
  </message>
  <message>
   <source>Assign voice</source>
   <translation>Gán giọng nói</translation>
  </message>
  <message>
   <source>Set model</source>
   <translation>Đặt mô hình</translation>
  </message>
  <message>
   <source>Set option</source>
   <translation>Đặt tùy chọn</translation>
  </message>
  <message>
   <source>Set seed</source>
   <translation>Đặt hạt giống</translation>
  </message>
  <message>
   <source>Set audio offset</source>
   <translation>Đặt độ lệch âm thanh</translation>
  </message>
  <message>
   <source>Add voice lane</source>
   <translation>Thêm rãnh giọng nói</translation>
  </message>
  <message>
   <source>Remove voice lane</source>
   <translation>Xóa rãnh giọng nói</translation>
  </message>
  <message>
   <source>Change voice lane</source>
   <translation>Đổi rãnh giọng nói</translation>
  </message>
  <message>
   <source>Move voice lane</source>
   <translation>Di chuyển rãnh giọng nói</translation>
  </message>
  <message>
   <source>Insert gap</source>
   <translation>Chèn khoảng trống</translation>
  </message>
  <message>
   <source>Close gap</source>
   <translation>Khép khoảng trống</translation>
  </message>
  <message>
   <source>Add marker</source>
   <translation>Thêm điểm đánh dấu</translation>
  </message>
  <message>
   <source>Change marker</source>
   <translation>Đổi điểm đánh dấu</translation>
  </message>
  <message>
   <source>Remove marker</source>
   <translation>Xóa điểm đánh dấu</translation>
  </message>
  <message>
   <source>Set in and out points</source>
   <translation>Đặt điểm vào và điểm ra</translation>
  </message>
  <message>
   <source>Change export settings</source>
   <translation>Đổi thiết lập xuất</translation>
  </message>
 </context>
 <context>
  <name>Place</name>
  <message>
   <source>Media</source>
   <translation>Tư liệu</translation>
  </message>
  <message>
   <source>Viewer</source>
   <translation>Khung xem</translation>
  </message>
  <message>
   <source>Timeline</source>
   <translation>Dòng thời gian</translation>
  </message>
  <message>
   <source>Inspector</source>
   <translation>Bảng thuộc tính</translation>
  </message>
  <message>
   <source>Export queue</source>
   <translation>Hàng đợi xuất</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>Bắt đầu</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Mô hình</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>Huấn luyện</translation>
  </message>
  <message>
   <source>Preferences</source>
   <translation>Tùy chọn</translation>
  </message>
  <message>
   <source>Diagnostics</source>
   <translation>Chẩn đoán</translation>
  </message>
 </context>
 <context>
  <name>preset</name>
  <message>
   <source>FFV1 archive: every pixel and sample as it was</source>
   <translation>Lưu trữ FFV1: mọi điểm ảnh và mẫu âm như ban đầu</translation>
  </message>
  <message>
   <source>H.264 with the speech copied bit for bit</source>
   <translation>H.264, giọng nói sao chép từng bit</translation>
  </message>
  <message>
   <source>Animated GIF, up to 480 pixels, up to 20 s</source>
   <translation>GIF động, đến 480 điểm ảnh, đến 20 giây</translation>
  </message>
  <message>
   <source>HEVC, half the size of H.264</source>
   <translation>HEVC, bằng nửa kích thước H.264</translation>
  </message>
  <message>
   <source>Podcast clip for phones, at most 1080 x 1080</source>
   <translation>Đoạn podcast cho điện thoại, tối đa 1080 x 1080</translation>
  </message>
  <message>
   <source>ProRes 422 HQ master with uncompressed sound, for editing</source>
   <translation>Bản gốc ProRes 422 HQ, âm thanh không nén, để dựng phim</translation>
  </message>
  <message>
   <source>The sound alone, lossless</source>
   <translation>Chỉ âm thanh, không mất mát</translation>
  </message>
  <message>
   <source>Web page, AV1 and Opus: the smallest files</source>
   <translation>Trang web, AV1 và Opus: tệp nhỏ nhất</translation>
  </message>
  <message>
   <source>Web page, VP9 and Opus</source>
   <translation>Trang web, VP9 và Opus</translation>
  </message>
  <message>
   <source>Animated WebP, up to 640 pixels, up to 60 s</source>
   <translation>WebP động, đến 640 điểm ảnh, đến 60 giây</translation>
  </message>
  <message>
   <source>YouTube, up to 1080p</source>
   <translation>YouTube, đến 1080p</translation>
  </message>
 </context>
</TS>
