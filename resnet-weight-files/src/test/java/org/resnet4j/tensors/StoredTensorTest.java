package org.resnet4j.tensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading into memory gives the bits that reading into an array gives. */
class StoredTensorTest {
  private static final long[] SHAPE = {700, 400};
  private static final int COUNT = 700 * 400;

  @ParameterizedTest
  @EnumSource
  void memoryGetsTheBitsOfTheArray(ElementType type) throws Exception {
    byte[] bytes = new byte[COUNT * type.size()];
    new Random(1).nextBytes(bytes);
    Content content = new HeapContent(ByteBuffer.wrap(bytes));
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      for (long[] strides : new long[][] {{400, 1}, {1, 700}}) {
        Tensors tensors =
            new FileTensors(
                "here",
                Map.of("x", StoredTensor.checked("x", type, order, SHAPE, strides, 0, content)),
                () -> {});
        ByteBuffer memory =
            ByteBuffer.allocateDirect(4 + COUNT * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .position(4);
        tensors.read("x", memory);
        assertThat(memory.hasRemaining()).isFalse();
        float[] expected = tensors.read("x");
        for (int i = 0; i < COUNT; i++) {
          int actual = memory.getInt(4 + i * Float.BYTES);
          assertThat(actual).isEqualTo(Float.floatToRawIntBits(expected[i]));
        }
      }
    }
    Tensors one =
        new FileTensors(
            "here",
            Map.of(
                "x", StoredTensor.rowMajor("x", type, ByteOrder.nativeOrder(), SHAPE, 0, content)),
            () -> {});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.read("x", ByteBuffer.allocate(8)))
        .withMessageContaining("expected room for 280000 values");
  }
}
