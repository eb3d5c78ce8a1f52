"""The checker of tail calls, on a few instructions as objdump prints them."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from machine.balance import Conflict, examine
from machine.disassembly import functions

# An asynchronous function with 40 bytes of arguments on the stack: it takes off 32 more than the 8
# that the runtime expects.
CALLED = """
0000000000001000 <$s4Test6calledyyYaF>:
    1000:\tpush   %rbp
    1001:\tmov    0x8(%rsp),%rcx
    1002:\tpop    %rbp
    1003:\tadd    $0x20,%rsp
    1004:\tjmp    9000 <swift_task_switch@plt>
"""

# A resumed part, which has no arguments, makes room for the caller's and jumps.
CALLER = """
0000000000002000 <$s4Test6calleryyYaFTY0_>:
    2000:\tsub    $0x{room:x},%rsp
    2001:\ttest   %rdi,%rdi
    2002:\tje     2005 <$s4Test6calleryyYaFTY0_+0x5>
    2003:\tadd    $0x{room:x},%rsp
    2004:\tjmp    *%rax
    2005:\tlea    -0x18(%rsp),%rsp
    2006:\tadd    $0x18,%rsp
    2007:\tjmp    1000 <$s4Test6calledyyYaF>
"""


def conflicts(text: str) -> tuple[Conflict, ...]:
  return examine(functions(text.splitlines())).conflicts


class BalanceTests(unittest.TestCase):
  def test_a_caller_that_makes_room_for_the_arguments_agrees(self):
    self.assertEqual(conflicts(CALLED + CALLER.format(room=32)), ())

  def test_a_caller_with_a_word_too_many_is_named(self):
    found = conflicts(CALLED + CALLER.format(room=48))
    self.assertEqual([conflict.difference for conflict in found], [16])
    self.assertIn("caller", found[0].function)
    self.assertIn("called", found[0].target)

  def test_the_order_of_the_functions_does_not_matter(self):
    self.assertEqual(len(conflicts(CALLER.format(room=48) + CALLED)), 1)

  def test_a_frame_that_is_left_by_rbp_is_followed(self):
    framed = """
0000000000003000 <$s4Test6framedyyYaFTQ1_>:
    3000:\tpush   %rbp
    3001:\tmov    %rsp,%rbp
    3002:\tsub    $0x58,%rsp
    3003:\tlea    -0x8(%rbp),%rsp
    3004:\tadd    $0x8,%rsp
    3005:\tpop    %rbp
    3006:\tjmp    9000 <swift_task_switch@plt>
"""
    self.assertEqual(conflicts(framed), ())
    self.assertEqual(len(conflicts(framed.replace("add    $0x8", "add    $0x10"))), 1)

  def test_functions_that_do_not_wait_are_left_alone(self):
    plain = CALLER.format(room=48).replace("$s4Test6calleryyYaFTY0_", "$s4Test6calleryyF")
    self.assertEqual(conflicts(CALLED + plain), ())


if __name__ == "__main__":
  unittest.main()
