"""Become a program that ends with its parent, and that is not root when it must not be.

    python -I -S guard.py PARENT SIGNAL any|unprivileged FOLDER PROGRAM [ARGUMENT ...]

PARENT is the process that starts this one: when it dies, the kernel sends SIGNAL (Linux; elsewhere only lifeline.py
watches). PostgreSQL refuses to run as root: with "unprivileged", root becomes `nobody` inside a user namespace, or,
where the kernel or container forbids those, the real user `nobody`, who then owns FOLDER.
This file imports nothing of the project: it runs by its path, before and without any package.
"""

import ctypes
import os
import pwd
import sys
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CLONE_NEWUSER = 0x10000000
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def main(arguments: list[str]) -> None:
    parent, signal, user, folder, *program = arguments
    if user == "unprivileged" and os.geteuid() == 0:
        leave_root(Path(folder))
    die_with(int(parent), int(signal))
    os.execv(program[0], program)


def die_with(parent: int, signal: int) -> None:
    """Ask the kernel for SIGNAL when PARENT dies; a change of user forgets it, so this comes last before exec."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)


def leave_root(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    if os.environ.get("KCC_USER_NAMESPACE") != "0" and user_namespace_allowed():
        own(folder, 0, 0)
        enter_user_namespace(nobody)
    else:
        own(folder, nobody.pw_uid, nobody.pw_gid)
        become(nobody)


def user_namespace_allowed() -> bool:
    """Say whether this process may make one: a child tries it, so that a refusal leaves us as we were."""
    if not sys.platform.startswith("linux"):
        return False
    child = os.fork()
    if child == 0:
        try:
            enter_user_namespace(pwd.getpwnam("nobody"))
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def enter_user_namespace(user: pwd.struct_passwd) -> None:
    """Be this user inside a namespace of our own; files keep the owner they had."""
    group = os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user.pw_uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{user.pw_gid} {group} 1")


def own(folder: Path, uid: int, gid: int) -> None:
    if folder.stat().st_uid == uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)


def become(user: pwd.struct_passwd) -> None:
    """Be this user for good, but still pass through folders that only root may enter (a checkout in /root)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << CAP_DAC_OVERRIDE
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; the upper halves
    if libc.capset(header, data) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
