package org.resnet4j.onednn.code;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The forms of instructions that kernels use: GNU's text, and the bytes of our assembler. */
final class Forms {
  private static final List<String> NAMES =
      List.of(
          "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
          "r13", "r14", "r15");

  /**
   * Registers whose encodings differ: with and without the fourth bit, and those of rsp and rbp.
   */
  private static final List<Integer> BASES = List.of(0, 3, 4, 5, 7, 8, 12, 13, 15);

  /** A distance that needs 32 bits, and its negative. */
  private static final int FAR = 0x12345;

  private final Map<String, byte[]> bytes = new LinkedHashMap<>();
  private final Set<String> methods = new TreeSet<>();

  /** Returns the forms of integer instructions. */
  static Forms integers() {
    Forms forms = new Forms();
    for (int a : BASES) {
      String name = NAMES.get(a);
      forms.add("push", "{rex} push " + name, to -> to.push(a));
      forms.add("pop", "{rex} pop " + name, to -> to.pop(a));
      forms.add("moveNumber", "mov " + name + ", -70000", to -> to.moveNumber(a, -70000));
      forms.add("addNumber", "add " + name + ", 70000", to -> to.addNumber(a, 70000));
      forms.add(
          "multiplyNumber",
          "imul " + name + ", " + name + ", 70000",
          to -> to.multiplyNumber(a, 70000));
      forms.add("decrement", "dec " + name, to -> to.decrement(a));
      forms.add("prefetch", "{rex} {disp32} prefetcht1 " + at(a, FAR), to -> to.prefetch(a, FAR));
      forms.add(
          "callMemory", "{rex} {disp32} call qword ptr " + at(a, 8), to -> to.callMemory(a, 8));
      forms.add(
          "fetchAndAdd",
          "{disp32} lock xadd " + at(a, 0) + ", r9",
          to -> to.fetchAndAdd(a, Assembler.R9));
      for (int b : BASES) {
        forms.pairs(a, b);
      }
    }
    forms.add("end", "ret", Assembler::end);
    return forms;
  }

  private void pairs(int a, int b) {
    String two = NAMES.get(a) + ", " + NAMES.get(b);
    String memory = NAMES.get(a) + ", " + at(b, -FAR);
    add("move", "mov " + two, to -> to.move(a, b));
    add("add", "add " + two, to -> to.add(a, b));
    add("compare", "cmp " + two, to -> to.compare(a, b));
    add("load", "{disp32} mov " + memory, to -> to.load(a, b, -FAR));
    add("addMemory", "{disp32} add " + memory, to -> to.addMemory(a, b, -FAR));
    add("compareMemory", "{disp32} cmp " + memory, to -> to.compareMemory(a, b, -FAR));
  }

  /** Returns the forms of vector instructions. */
  static Forms vectors(Simd simd) {
    Forms forms = new Forms();
    List<Integer> registers =
        simd == Simd.AVX512 ? List.of(0, 7, 8, 15, 16, 23, 24, 31) : List.of(0, 7, 8, 15);
    for (int a : registers) {
      for (int base : BASES) {
        forms.memory(simd, a, base);
      }
      forms.vector(simd, "zeroVector", simd == Simd.AVX512 ? "vpxord" : "vxorps", a, a, a);
      for (int b : registers) {
        String two = name(simd, a) + ", " + name(simd, b);
        String prefix = prefix(simd) + "{load} ";
        forms.addVector(simd, "moveVector", prefix + "vmovaps " + two, to -> to.moveVector(a, b));
        for (int c : registers) {
          forms.three(simd, a, b, c);
        }
      }
    }
    forms.addVector(simd, "endVectors", "vzeroupper", VectorAssembler::endVectors);
    return forms;
  }

  private void three(Simd simd, int a, int b, int c) {
    vector(simd, "addVector", "vaddps", a, b, c);
    vector(simd, "subtract", "vsubps", a, b, c);
    vector(simd, "multiply", "vmulps", a, b, c);
    vector(simd, "multiplyAdd", "vfmadd231ps", a, b, c);
    vector(simd, "multiplySubtract", "vfnmadd231ps", a, b, c);
    vector(simd, "maximum", "vmaxps", a, b, c);
    vector(simd, "minimum", "vminps", a, b, c);
  }

  private void vector(Simd simd, String method, String instruction, int a, int b, int c) {
    String text =
        "%s%s %s, %s, %s"
            .formatted(prefix(simd), instruction, name(simd, a), name(simd, b), name(simd, c));
    addVector(
        simd,
        method,
        text,
        to -> {
          switch (method) {
            case "zeroVector" -> to.zeroVector(a);
            case "addVector" -> to.addVector(a, b, c);
            case "subtract" -> to.subtract(a, b, c);
            case "multiply" -> to.multiply(a, b, c);
            case "multiplyAdd" -> to.multiplyAdd(a, b, c);
            case "multiplySubtract" -> to.multiplySubtract(a, b, c);
            case "maximum" -> to.maximum(a, b, c);
            case "minimum" -> to.minimum(a, b, c);
            default -> throw new AssertionError(method);
          }
        });
  }

  private void memory(Simd simd, int a, int base) {
    String vector = name(simd, a);
    String prefix = prefix(simd) + "{disp32} ";
    String at = at(base, FAR);
    addVector(
        simd,
        "loadVector",
        prefix + "vmovups " + vector + ", " + at,
        to -> to.loadVector(a, base, FAR));
    addVector(
        simd,
        "storeVector",
        prefix + "vmovups " + at + ", " + vector,
        to -> to.storeVector(a, base, FAR));
    addVector(
        simd,
        "broadcast",
        prefix + "vbroadcastss " + vector + ", dword ptr " + at,
        to -> to.broadcast(a, base, FAR));
    int left = simd.registers() - 1 - a;
    String two = vector + ", " + name(simd, left) + ", ";
    addVector(
        simd, "addVector", prefix + "vaddps " + two + at, to -> to.addVector(a, left, base, FAR));
    if (simd == Simd.AVX512) {
      addVector(
          simd,
          "multiplyAddBroadcast",
          prefix + "vfmadd231ps " + two + "dword ptr " + at + "{1to16}",
          to -> to.multiplyAddBroadcast(a, left, base, FAR));
    }
    for (int index : List.of(Assembler.RAX, Assembler.RBP, Assembler.R10, Assembler.R12)) {
      String both = "[%s+%s*1+%s]".formatted(NAMES.get(base), NAMES.get(index), FAR);
      addVector(
          simd,
          "loadVector",
          prefix + "vmovups " + vector + ", " + both,
          to -> to.loadVector(a, base, index, FAR));
      addVector(
          simd,
          "storeVector",
          prefix + "vmovups " + both + ", " + vector,
          to -> to.storeVector(a, base, index, FAR));
      String near = "[%s+%s*1+0]".formatted(NAMES.get(base), NAMES.get(index));
      addVector(
          simd,
          "addIndexed",
          prefix + "vaddps " + two + near,
          to -> to.addIndexed(a, left, base, index));
    }
  }

  private static String prefix(Simd simd) {
    return simd == Simd.AVX512 ? "{evex} " : "{vex3} ";
  }

  private static String name(Simd simd, int register) {
    return (simd == Simd.AVX512 ? "zmm" : "ymm") + register;
  }

  private static String at(int base, int distance) {
    return "[%s%s%s]".formatted(NAMES.get(base), distance < 0 ? "" : "+", distance);
  }

  private void add(String method, String text, Consumer<Assembler> emit) {
    Assembler to = new Assembler();
    emit.accept(to);
    put(method, text, to);
  }

  private void addVector(Simd simd, String method, String text, Consumer<VectorAssembler> emit) {
    VectorAssembler to = new VectorAssembler(simd);
    emit.accept(to);
    put(method, text, to);
  }

  private void put(String method, String text, Assembler to) {
    bytes.put(text, to.code());
    methods.add(method);
  }

  /** Returns the bytes of our assembler by GNU's text. */
  Map<String, byte[]> bytes() {
    return bytes;
  }

  /** Returns the names of the methods that emitted the forms. */
  Set<String> methods() {
    return methods;
  }
}
