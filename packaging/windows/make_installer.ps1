# Build the application and its installer on Windows: powershell -File packaging\windows\make_installer.ps1
# Needs the packages of `pip install -e ".[gui,package]" -e trainer -e plugins\...` and NSIS on the path.
# Set TALKFACE_SIGN to a command that signs the file it is given, and the programs and the installer are signed.
param([string]$Out = "build\package")
$ErrorActionPreference = "Stop"
$env:PYTHONPATH = "packaging"
python -m talkface_bundle.build $Out
if ($LASTEXITCODE) { exit $LASTEXITCODE }
if ($env:TALKFACE_SIGN) {
    Get-ChildItem "$Out\talkface-studio\*.exe" | ForEach-Object { cmd /c "$env:TALKFACE_SIGN `"$($_.FullName)`""; if ($LASTEXITCODE) { exit 1 } }
}
$version = (Get-Content "$Out\build.json" | ConvertFrom-Json).version
$source = (Resolve-Path "$Out\talkface-studio").Path
$words = @("-DVERSION=$version", "-DSOURCE=$source", "-DICONS=$((Resolve-Path "$Out\icons").Path)", "-DOUT=$((Resolve-Path $Out).Path)")
if ($env:TALKFACE_SIGN) { $words += "-DSIGN=$env:TALKFACE_SIGN" }
makensis @words packaging\windows\talkface-studio.nsi
exit $LASTEXITCODE
