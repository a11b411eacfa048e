package org.resnet4j.weightfile.pickle;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.pickle.PickleValue.Dict;
import org.resnet4j.weightfile.pickle.PickleValue.Sequence;
import org.resnet4j.weightfile.pickle.PickleValue.Special;

/**
 * The operations of pickles that {@code torch.save} writes, with the names in {@code pickletools}.
 */
enum PickleOp {
  PROTO(0x80, p -> requireProtocol(p.in)),
  FRAME(0x95, p -> p.in.i64()),
  MARK('(', p -> p.push(Special.MARK)),
  POP('0', PickleMachine::popMarked),
  POP_MARK('1', PickleMachine::popToMark),
  DUP('2', p -> p.push(p.top())),
  NONE('N', p -> p.push(Special.NONE)),
  NEWTRUE(0x88, p -> p.push(true)),
  NEWFALSE(0x89, p -> p.push(false)),
  BININT('J', p -> p.push((long) p.in.i32())),
  BININT1('K', p -> p.push((long) p.in.u8())),
  BININT2('M', p -> p.push((long) p.in.u16())),
  LONG1(0x8a, p -> p.push(p.in.integer(p.in.u8()))),
  LONG4(0x8b, p -> p.push(p.in.integer(p.in.i32()))),
  BINFLOAT('G', p -> p.push(p.in.f64())),
  SHORT_BINSTRING('U', p -> p.push(p.in.text(p.in.u8()))),
  BINSTRING('T', p -> p.push(p.in.text(p.in.i32()))),
  SHORT_BINUNICODE(0x8c, p -> p.push(p.in.text(p.in.u8()))),
  BINUNICODE('X', p -> p.push(p.in.text(p.in.u32()))),
  BINUNICODE8(0x8d, p -> p.push(p.in.text(p.in.i64()))),
  SHORT_BINBYTES('C', p -> p.push(p.in.bytes(p.in.u8()))),
  BINBYTES('B', p -> p.push(p.in.bytes(p.in.u32()))),
  BINBYTES8(0x8e, p -> p.push(p.in.bytes(p.in.i64()))),
  BYTEARRAY8(0x96, p -> p.push(p.in.bytes(p.in.i64()))),
  EMPTY_TUPLE(')', p -> p.tuple(0)),
  TUPLE1(0x85, p -> p.tuple(1)),
  TUPLE2(0x86, p -> p.tuple(2)),
  TUPLE3(0x87, p -> p.tuple(3)),
  TUPLE('t', p -> p.push(new Sequence(p.popToMark()))),
  EMPTY_LIST(']', p -> p.push(new Sequence(List.of()))),
  LIST('l', p -> p.push(new Sequence(p.popToMark()))),
  APPEND('a', p -> p.append(List.of(p.pop()))),
  APPENDS('e', p -> p.append(p.popToMark())),
  EMPTY_SET(0x8f, p -> p.push(new Sequence(List.of()))),
  ADDITEMS(0x90, p -> p.append(p.popToMark())),
  FROZENSET(0x91, p -> p.push(new Sequence(p.popToMark()))),
  EMPTY_DICT('}', p -> p.push(new Dict())),
  DICT(
      'd',
      p -> {
        List<Object> items = p.popToMark();
        p.push(new Dict());
        p.setItems(items);
      }),
  SETITEM(
      's',
      p -> {
        Object value = p.pop();
        Object key = p.pop();
        p.setItems(List.of(key, value));
      }),
  SETITEMS('u', p -> p.setItems(p.popToMark())),
  BINPUT('q', p -> p.memoize(p.in.u8())),
  LONG_BINPUT('r', p -> p.memoize(p.in.u32())),
  MEMOIZE(0x94, PickleMachine::memoizeNext),
  BINGET('h', p -> p.recall(p.in.u8())),
  LONG_BINGET('j', p -> p.recall(p.in.u32())),
  GLOBAL('c', p -> p.global(p.in.line(), p.in.line())),
  STACK_GLOBAL(0x93, PickleMachine::stackGlobal),
  REDUCE('R', PickleMachine::reduce),
  NEWOBJ(0x81, PickleMachine::reduce),
  NEWOBJ_EX(
      0x92,
      p -> {
        p.pop();
        p.reduce();
      }),
  BUILD('b', PickleMachine::build),
  BINPERSID('Q', PickleMachine::persistentId);

  /** The code that ends a pickle. */
  static final int STOP = '.';

  private static final int NEWEST_PROTOCOL = 5;

  private static final @Nullable PickleOp[] BY_CODE = new @Nullable PickleOp[256];

  static {
    for (PickleOp op : values()) {
      BY_CODE[op.code] = op;
    }
  }

  /** The effect of an operation. */
  interface Action {
    void run(PickleMachine machine) throws IOException;
  }

  private final int code;

  @SuppressWarnings("ImmutableEnumChecker") // actions are functions without state
  private final Action action;

  PickleOp(int code, Action action) {
    this.code = code;
    this.action = action;
  }

  Action action() {
    return action;
  }

  static PickleOp of(int code, PickleInput in) throws WeightFileException {
    PickleOp op = BY_CODE[code];
    if (op == null) {
      throw in.refused(
          String.format(
              Locale.ROOT, "expected an operation that torch.save writes but it is 0x%02x", code),
          PickleBudget.SAVE_WEIGHTS);
    }
    return op;
  }

  private static void requireProtocol(PickleInput in) throws IOException {
    int protocol = in.u8();
    if (protocol > NEWEST_PROTOCOL) {
      throw in.refused(
          "expected a pickle of protocol 2 to %s but it is %s".formatted(NEWEST_PROTOCOL, protocol),
          PickleBudget.SAVE_WEIGHTS);
    }
  }
}
