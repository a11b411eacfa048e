package org.resnet4j.onednn.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.resnet4j.onednn.ContainerLimits;

class MemoryBudgetTest {
  private static final ContainerLimits SMALL =
      new ContainerLimits(
          new ContainerLimits.Memory(1 << 30, 5 << 20, "/sys/fs/cgroup/memory.max"), null);

  @Test
  void onlyTheMemoryLeftInTheContainerIsAvailable() {
    assertThatCode(() -> MemoryBudget.check(5 << 20, "this batch", SMALL))
        .doesNotThrowAnyException();
    NotEnoughMemoryException refused =
        catchThrowableOfType(
            NotEnoughMemoryException.class, () -> MemoryBudget.check(6 << 20, "this batch", SMALL));
    assertThat(refused)
        .hasMessage(
            "this batch needs 6 MB of native memory but 5 MB are available (/sys/fs/cgroup/memory.max)");
    assertThat(refused.available()).isEqualTo(5 << 20);
  }

  @Test
  void memoryOfTheMachineIsAvailableWithoutAContainer() {
    assertThat(
            catchThrowableOfType(
                NotEnoughMemoryException.class,
                () ->
                    MemoryBudget.check(
                        Long.MAX_VALUE - 1, "this batch", new ContainerLimits(null, null))))
        .hasMessageMatching(
            "this batch needs .* MB are available \\((-Dorg.bytedeco.javacpp|MemAvailable).*\\)");
  }

  @Test
  void errorsOfJavaCppNameTheOptionsThatRaiseItsLimits() {
    OutOfMemoryError thrown =
        new OutOfMemoryError(
            "Physical memory usage is too high: physicalBytes (2080M) > maxPhysicalBytes (2048M)");
    assertThat(MemoryBudget.explained(thrown))
        .hasCause(thrown)
        .hasMessageContaining("physicalBytes (2080M)")
        .hasMessageContaining("-Dorg.bytedeco.javacpp.maxbytes=")
        .hasMessageContaining("-Dorg.bytedeco.javacpp.maxphysicalbytes=");
    OutOfMemoryError heap = new OutOfMemoryError("Java heap space");
    assertThat(MemoryBudget.explained(heap)).isSameAs(heap);
  }
}
