"""What a program writes to a terminal of so many columns: `terminal.py COLUMNS PROGRAM ARGUMENT...`"""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

columns, *command = sys.argv[1:]
ours, theirs = pty.openpty()
fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
os.close(theirs)
written = b""
while True:
    try:
        piece = os.read(ours, 65536)
    except OSError:  # EIO: on Linux, nobody has it open any more.
        break
    if not piece:
        break
    written += piece
program.wait()
# A terminal's driver ends lines with both.
sys.stdout.buffer.write(written.replace(b"\r\n", b"\n"))
