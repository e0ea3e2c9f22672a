@echo off
rem The front door on Windows: makes .venv from requirements.lock on first use, then runs the command line (cli/) with it.
setlocal
set "here=%~dp0"
set "inside=%here%.venv\Scripts\python.exe"
if not exist "%inside%" goto setup
fc /b "%here%requirements.lock" "%here%.venv\requirements.lock" >nul 2>nul && goto run
:setup
set "outside="
if defined VANBAN_PYTHON set "outside="%VANBAN_PYTHON%""
if not defined outside py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "outside=py -3"
if not defined outside python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "outside=python"
if not defined outside (
    echo vanban: no Python 3.11 or newer was found. Install one, or name it in VANBAN_PYTHON. 1>&2
    exit /b 2
)
%outside% "%here%bootstrap.py" || exit /b
:run
"%inside%" "%here%cli" %*
