package org.resnet4j.benchmarks.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.onednn.Precision;

/**
 * A plan with its weights as a TorchScript archive for inference: single-precision images {@code
 * [N, C, H, W]} in, single-precision logits out. Batch norm is folded into the convolutions, as
 * {@code torch.jit.freeze} does.
 *
 * <p>The format: a zip of {@code code/__torch__.py}, the pickled module {@code data.pkl}, and the
 * raw bytes of tensors under {@code data/} (pytorch/torch/csrc/jit/docs/serialization.md).
 */
public final class TorchScriptFile {
  private TorchScriptFile() {}

  static void write(Plan plan, Weights weights, Layout layout, Precision precision, Path file)
      throws IOException {
    TorchScriptNodes nodes = new TorchScriptNodes(plan, weights, layout, precision);
    for (Node node : plan.nodes()) {
      node.accept(nodes);
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.setMethod(ZipOutputStream.STORED);
      entry(zip, "version", "6\n".getBytes(StandardCharsets.UTF_8));
      entry(zip, "code/__torch__.py", nodes.code().getBytes(StandardCharsets.UTF_8));
      entry(zip, "constants.pkl", new Pickle().op(Pickle.EMPTY_TUPLE).finish());
      List<byte[]> data = new ArrayList<>();
      entry(zip, "data.pkl", module(nodes.tensors(), layout, precision, data));
      for (int i = 0; i < data.size(); i++) {
        entry(zip, "data/" + i, data.get(i));
      }
    }
  }

  private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    ZipEntry entry = new ZipEntry("model/" + name);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    OutputStream out = zip;
    out.write(bytes);
    zip.closeEntry();
  }

  private static byte[] module(
      Map<String, Tensor> tensors, Layout layout, Precision precision, List<byte[]> data) {
    Pickle pickle = new Pickle();
    pickle.global("__torch__", "Network").op(Pickle.EMPTY_TUPLE).op(Pickle.NEW_OBJECT);
    pickle.op(Pickle.EMPTY_DICT).op(Pickle.MARK);
    pickle.text("training").op(Pickle.FALSE);
    pickle.text("_is_full_backward_hook").op(Pickle.NONE);
    tensors.forEach(
        (name, tensor) -> {
          boolean last = layout == Layout.CHANNELS_LAST && tensor.shape().length == 4;
          pickle.text(name);
          tensor(pickle, tensor, last, precision, data.size());
          data.add(bytes(last ? channelsLast(tensor) : tensor.values(), precision));
        });
    return pickle.op(Pickle.SET_ITEMS).op(Pickle.BUILD).finish();
  }

  private static void tensor(
      Pickle pickle, Tensor tensor, boolean channelsLast, Precision precision, int index) {
    String storage = precision == Precision.BF16 ? "BFloat16Storage" : "FloatStorage";
    pickle.global("torch._utils", "_rebuild_tensor_v2").op(Pickle.MARK);
    pickle.op(Pickle.MARK).text("storage").global("torch", storage).text(index + "").text("cpu");
    pickle.integer(tensor.values().length).op(Pickle.TUPLE).op(Pickle.PERSISTENT_ID);
    pickle.integer(0).tuple(tensor.shape()).tuple(strides(tensor.shape(), channelsLast));
    pickle.op(Pickle.FALSE);
    pickle.global("collections", "OrderedDict").op(Pickle.EMPTY_TUPLE).op(Pickle.REDUCE);
    pickle.op(Pickle.TUPLE).op(Pickle.REDUCE);
  }

  private static int[] strides(int[] shape, boolean channelsLast) {
    if (channelsLast) {
      int channels = shape[1];
      return new int[] {channels * shape[2] * shape[3], 1, channels * shape[3], channels};
    }
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  private static float[] channelsLast(Tensor tensor) {
    int[] shape = tensor.shape();
    int channels = shape[1];
    int window = shape[2] * shape[3];
    float[] moved = new float[tensor.values().length];
    for (int i = 0; i < moved.length; i++) {
      int filter = i / (channels * window);
      int channel = i / window % channels;
      int place = i % window;
      moved[(filter * window + place) * channels + channel] = tensor.values()[i];
    }
    return moved;
  }

  private static byte[] bytes(float[] values, Precision precision) {
    boolean half = precision == Precision.BF16;
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * (half ? 2 : 4)).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (half) {
        buffer.putShort(bf16(value));
      } else {
        buffer.putFloat(value);
      }
    }
    return buffer.array();
  }

  /** Returns the upper half of a finite float, rounded to nearest, ties to even. */
  static short bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }
}
