package org.resnet4j.onednn.code;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Every form of instruction has the bytes of GNU's assembler. {@code
 * src/test/python/assembler_golden.py} wrote the golden file with GNU as 2.40; both instruction
 * sets are compared on every machine.
 */
class AssemblerTest {
  private static final String GOLDEN = "assembler.txt.gz";

  /** Methods that emit no instruction, and jumps, which are tested by themselves. */
  private static final Set<String> OTHERS =
      Set.of(
          "code",
          "here",
          "bytes",
          "number",
          "memory",
          "registers",
          "not",
          "land",
          "simd",
          "jumpIfNotZero",
          "jumpIfLess",
          "jump",
          "jumpUnlessLess");

  private static final int FAR = 200;

  private static Stream<Forms> all() {
    return Stream.of(Forms.integers(), Forms.vectors(Simd.AVX2), Forms.vectors(Simd.AVX512));
  }

  @Test
  void everyFormHasTheBytesOfGnuAs() throws IOException {
    Map<String, String> ours = new LinkedHashMap<>();
    all()
        .forEach(
            forms ->
                forms
                    .bytes()
                    .forEach((text, bytes) -> ours.put(text, HexFormat.of().formatHex(bytes))));
    jumps().forEach((text, bytes) -> ours.put(text, HexFormat.of().formatHex(bytes)));
    Files.createDirectories(Path.of("target"));
    Files.write(Path.of("target/assembler-forms.txt"), ours.keySet());
    assertThat(golden()).isNotEmpty().isEqualTo(ours);
  }

  @Test
  void everyMethodOfTheAssemblersHasForms() {
    Set<String> tested =
        all()
            .flatMap(forms -> forms.methods().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> declared =
        Stream.of(Assembler.class, VectorAssembler.class)
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(method -> !Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic())
            .map(Method::getName)
            .filter(name -> !OTHERS.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(tested).isEqualTo(declared);
  }

  /** Returns jumps over 200 bytes; GNU as encodes nearer ones in a byte. */
  private static Map<String, byte[]> jumps() {
    Map<String, byte[]> jumps = new TreeMap<>();
    jumps.put("jne .-200", back(to -> to.jumpIfNotZero(0)));
    jumps.put("jl .-200", back(to -> to.jumpIfLess(0)));
    jumps.put("jmp .-200", back(to -> to.jump(0)));
    Assembler forward = new Assembler();
    int jump = forward.jumpUnlessLess();
    ret(forward);
    forward.land(jump);
    jumps.put("jge .+206", Arrays.copyOf(forward.code(), forward.code().length - FAR));
    return jumps;
  }

  private static byte[] back(java.util.function.Consumer<Assembler> jump) {
    Assembler to = new Assembler();
    ret(to);
    jump.accept(to);
    return Arrays.copyOfRange(to.code(), FAR, to.code().length);
  }

  private static void ret(Assembler to) {
    for (int i = 0; i < FAR; i++) {
      to.end();
    }
  }

  private static Map<String, String> golden() throws IOException {
    Map<String, String> golden = new LinkedHashMap<>();
    try (InputStream file =
        new GZIPInputStream(
            Objects.requireNonNull(AssemblerTest.class.getResourceAsStream(GOLDEN)))) {
      for (String line : new String(file.readAllBytes(), UTF_8).split("\n", -1)) {
        if (!line.isEmpty()) {
          String[] parts = line.split("\t", -1);
          golden.put(parts[1], parts[0]);
        }
      }
    }
    return golden;
  }
}
