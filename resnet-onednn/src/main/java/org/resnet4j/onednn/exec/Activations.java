package org.resnet4j.onednn.exec;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.ShortPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.ir.Value;

/**
 * The activations of a forward pass by vertex, for listeners: those that the backward pass keeps.
 * Each is copied to floats in the network's order of axes on access, and only until the backward
 * pass.
 */
final class Activations extends AbstractMap<String, INDArray> {
  private record Kept(
      Value value, Buffer buffer, ImageLayout layout, boolean bfloat16, boolean channelsLast) {}

  private final Map<String, Kept> kept = new LinkedHashMap<>();
  private boolean there;

  /**
   * Sets whether activations are available, between a forward and its backward pass. Otherwise this
   * map is empty.
   */
  void there(boolean value) {
    there = value;
  }

  /** Adds a value, and replaces an earlier one of the same vertex. */
  void keep(
      Value value, Buffer buffer, ImageLayout layout, boolean bfloat16, boolean channelsLast) {
    kept.values().removeIf(other -> other.buffer.root() == buffer.root());
    kept.put(value.name(), new Kept(value, buffer, layout, bfloat16, channelsLast));
  }

  @Override
  public @Nullable INDArray get(Object vertex) {
    Kept found = there ? kept.get(vertex) : null;
    return found == null ? null : copy(found);
  }

  @Override
  public boolean containsKey(Object vertex) {
    return there && kept.containsKey(vertex);
  }

  @Override
  public Set<Entry<String, INDArray>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return there ? kept.size() : 0;
      }

      @Override
      public Iterator<Entry<String, INDArray>> iterator() {
        Map<String, Kept> now = there ? kept : Map.of();
        Iterator<Entry<String, Kept>> entries = now.entrySet().iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return entries.hasNext();
          }

          @Override
          public Entry<String, INDArray> next() {
            Entry<String, Kept> next = entries.next();
            return new SimpleImmutableEntry<>(next.getKey(), copy(next.getValue()));
          }
        };
      }
    };
  }

  private static INDArray copy(Kept kept) {
    Value value = kept.value;
    int count = Memory.length(value.elements());
    float[] floats =
        kept.bfloat16
            ? widened(kept.buffer.address(), count)
            : Memory.read(kept.buffer.address(), count);
    INDArray flat = Nd4j.createFromArray(floats);
    if (value.rank() == 2) {
      return flat.reshape(value.shape());
    }
    INDArray images = channelsFirst(flat, kept.layout, value.shape());
    return (kept.channelsLast ? images.permute(0, 2, 3, 1) : images).dup('c');
  }

  private static INDArray channelsFirst(INDArray flat, ImageLayout layout, long[] shape) {
    long block = ImageLayout.BLOCK;
    return switch (layout) {
      case CHANNELS_LAST ->
          flat.reshape(shape[0], shape[2], shape[3], shape[1]).permute(0, 3, 1, 2);
      case BLOCKED ->
          flat.reshape(shape[0], shape[1] / block, shape[2], shape[3], block)
              .permute(0, 1, 4, 2, 3)
              .dup('c')
              .reshape(shape);
    };
  }

  private static float[] widened(long address, int count) {
    short[] bits = new short[count];
    new ShortPointer(new Address(address)).get(bits);
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = Float.intBitsToFloat(bits[i] << 16);
    }
    return floats;
  }
}
