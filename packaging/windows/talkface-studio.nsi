; The installer for Windows. Build it on Windows, or with NSIS on Linux, from the folder that talkface_bundle.build made there:
;     makensis -DVERSION=0.1.0 -DSOURCE=dist\talkface-studio -DICONS=dist\icons -DOUT=dist talkface-studio.nsi
; To sign, add -DSIGN="signtool sign /fd sha256 /tr http://timestamp.digicert.com /td sha256 /n YOUR_NAME"

Unicode true
SetCompressor /SOLID lzma
!include MUI2.nsh

!ifndef VERSION | SOURCE | ICONS | OUT
    !error "VERSION, SOURCE, ICONS and OUT are needed; see the top of this file"
!endif

Name "TalkFace Studio"
OutFile "${OUT}\talkface-studio-${VERSION}.exe"
; Without an administrator's rights: for this user alone.
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\TalkFace Studio"
InstallDirRegKey HKCU "Software\TalkFace Studio" "Folder"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "TalkFace Studio"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Dub a face with a voice"
VIAddVersionKey "LegalCopyright" "Apache License 2.0; see NOTICES.txt"

!define MUI_ICON "${ICONS}\talkface-studio.ico"
!define MUI_UNICON "${ICONS}\talkface-studio.ico"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\TalkFace Studio"
!insertmacro MUI_PAGE_LICENSE "${SOURCE}\LICENSE.txt"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Spanish"

!ifdef SIGN
    !finalize '${SIGN} "%1"'
    !uninstfinalize '${SIGN} "%1"'
!endif

Section "TalkFace Studio"
    ; Nothing of a version before is left among the new files.
    RMDir /r "$INSTDIR\_internal"
    SetOutPath "$INSTDIR"
    File /r "${SOURCE}\*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateShortCut "$SMPROGRAMS\TalkFace Studio.lnk" "$INSTDIR\talkface-studio.exe"
    WriteRegStr HKCU "Software\TalkFace Studio" "Folder" "$INSTDIR"
    WriteRegStr HKCU "Software\Classes\.talkface" "" "TalkFace.Project"
    WriteRegStr HKCU "Software\Classes\TalkFace.Project" "" "TalkFace project"
    WriteRegStr HKCU "Software\Classes\TalkFace.Project\DefaultIcon" "" "$INSTDIR\talkface-studio.exe,0"
    WriteRegStr HKCU "Software\Classes\TalkFace.Project\shell\open\command" "" '"$INSTDIR\talkface-studio.exe" "%1"'
    WriteRegStr HKCU "${KEY}" "DisplayName" "TalkFace Studio"
    WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\talkface-studio.exe"
    WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegDWORD HKCU "${KEY}" "NoModify" 1
    System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section "Uninstall"
    ; What the user made lies elsewhere and stays.
    RMDir /r "$INSTDIR"
    Delete "$SMPROGRAMS\TalkFace Studio.lnk"
    DeleteRegKey HKCU "Software\TalkFace Studio"
    DeleteRegKey HKCU "Software\Classes\.talkface"
    DeleteRegKey HKCU "Software\Classes\TalkFace.Project"
    DeleteRegKey HKCU "${KEY}"
SectionEnd
