<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>ExportDialog</name>
  <message numerus="yes">
   <source>%n voice(s)</source>
   <translation>
    <numerusform>%n voice</numerusform>
    <numerusform>%n voices</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>QualityReport</name>
  <message numerus="yes">
   <source>%n frame(s)</source>
   <translation>
    <numerusform>%n frame</numerusform>
    <numerusform>%n frames</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>SheetWords</name>
  <message numerus="yes">
   <source>Add %n export(s) to the queue</source>
   <translation>
    <numerusform>Add %n export to the queue</numerusform>
    <numerusform>Add %n exports to the queue</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n export(s) added to the queue</source>
   <translation>
    <numerusform>%n export added to the queue</numerusform>
    <numerusform>%n exports added to the queue</numerusform>
   </translation>
  </message>
 </context>
 <context>
  <name>StudioWindow</name>
  <message numerus="yes">
   <source>%n export(s) not finished</source>
   <translation>
    <numerusform>%n export not finished</numerusform>
    <numerusform>%n exports not finished</numerusform>
   </translation>
  </message>
 </context>
</TS>
