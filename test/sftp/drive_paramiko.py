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

# Sparse: the last byte first, then pieces of a megabyte out of order, some twice; what is between is zero.
MIB = 1024 * 1024
wanted = bytearray(5 * MIB)
pieces = [(5 * MIB - 1, b"!"), (3 * MIB, b"d" * MIB), (MIB - 7, b"b" * 100), (3 * MIB + 9, b"e" * 40000), (0, b"a" * 3)]
with sftp.open(folder + "/sparse", "w") as file:
    file.set_pipelined(True)
    for at, text in pieces:
        file.seek(at)
        file.write(text)
        wanted[at : at + len(text)] = text
with sftp.open(folder + "/sparse") as file:
    file.prefetch()
    print("sparse", file.read() == bytes(wanted))
with sftp.open(folder + "/sparse") as file:
    file.prefetch()
    file.seek(3 * MIB + 5)
    ahead = file.read(20)
    file.seek(MIB - 9)
    print("prefetch", ahead == bytes(wanted[3 * MIB + 5 : 3 * MIB + 25]), file.read(4))
    block = MIB
    digests = b"".join(hashlib.sha256(wanted[at : at + block]).digest() for at in range(0, 5 * MIB, block))
    print("blocks", file.check("sha256", 0, 0, block) == digests)
    print("part", file.check("sha256", MIB, 12345) == hashlib.sha256(wanted[MIB : MIB + 12345]).digest())
    try:
        file.check("md5")
    except IOError as error:
        print("md5", error)

with sftp.open(folder + "/words", "wx") as file:
    file.write(b"zero one")
try:
    sftp.open(folder + "/words", "wx")
except IOError as error:
    print("x", error)
with sftp.open(folder + "/words", "r+") as file:
    print("r+", file.read(4))
    file.seek(5)
    file.write(b"two")
    file.seek(0)
    file.write(b"Z")
with sftp.open(folder + "/words", "a") as file:
    file.write(b" three")
    print("unseen", sftp.open(folder + "/words").read())
with sftp.open(folder + "/words", "a+") as file:
    file.write(b" four")
sftp.truncate(folder + "/words", 17)
print("words", sftp.open(folder + "/words").read())
try:
    sftp.open(folder + "/absent", "r+")
except IOError as error:
    print("absent", error)
transport.close()
