"""Drives paramiko against a port: python3 drive_paramiko.py <port> <user> <key file> <folder>. Prints what it saw, one line each."""
import hashlib
import sys

import paramiko

port, user, key, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
transport = paramiko.Transport(("127.0.0.1", port))
transport.connect(username=user, pkey=paramiko.Ed25519Key.from_private_key_file(key))
sftp = paramiko.SFTPClient.from_transport(transport)

# Pipelined writes in an odd order, over each other and with a gap.
with sftp.open(folder + "/odd", "w") as file:
    file.set_pipelined(True)
    for at, text in ((8, b"ijkl"), (0, b"abcdXX"), (4, b"ef")):
        file.seek(at)
        file.write(text)
with sftp.open(folder + "/odd") as file:
    print("odd", file.read())
    print("readv", [bytes(part) for part in file.readv([(8, 2), (0, 3), (4, 2)])])

content = bytes(range(256)) * 1000
with sftp.open(folder + "/checked", "w") as file:
    file.set_pipelined(True)
    file.write(content)
with sftp.open(folder + "/checked") as file:
    print("check", file.check("sha256") == hashlib.sha256(content).digest())
with sftp.open(folder + "/checked", "a") as file:
    file.write(b"more")
print("size", sftp.stat(folder + "/checked").st_size)
sftp.rename(folder + "/checked", folder + "/renamed")
print("names", sorted(sftp.listdir(folder)))
transport.close()
