package org.resnet4j.onednn.lower;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Value;

/** Reads the preprocessor of a layer, which turns images into vectors or vectors into images. */
final class PreprocessorReader {
  private PreprocessorReader() {}

  static Value read(String name, @Nullable InputPreProcessor preprocessor, Value in, List<Op> ops) {
    if (preprocessor == null) {
      return in;
    }
    boolean flattens = preprocessor instanceof CnnToFeedForwardPreProcessor;
    if (!flattens && !(preprocessor instanceof FeedForwardToCnnPreProcessor)) {
      throw new UnsupportedGraphException(
          name, "the preprocessor " + preprocessor.getClass().getSimpleName());
    }
    if (in.rank() == (flattens ? 2 : 4)) {
      return in;
    }
    Value out =
        flattens
            ? flattened(name, (CnnToFeedForwardPreProcessor) preprocessor, in)
            : unflattened(name, (FeedForwardToCnnPreProcessor) preprocessor, in);
    ops.add(new Op.Reshape(name, in, out));
    return out;
  }

  /**
   * Returns images as vectors. Deeplearning4j's preprocessor accepts any images if its three sizes
   * are 0.
   */
  private static Value flattened(String name, CnnToFeedForwardPreProcessor images, Value in) {
    if (images.getFormat() != CNN2DFormat.NCHW) {
      throw new UnsupportedGraphException(name, "the format " + images.getFormat());
    }
    long[] expected = {
      in.size(0), images.getNumChannels(), images.getInputHeight(), images.getInputWidth()
    };
    boolean any = expected[1] == 0 && expected[2] == 0 && expected[3] == 0;
    if (!any && !Arrays.equals(expected, in.shape())) {
      throw Mismatch.at(
          name, "expected images " + Arrays.toString(expected) + " but its input is " + in);
    }
    return new Value(name, in.size(0), in.elements() / in.size(0));
  }

  private static Value unflattened(String name, FeedForwardToCnnPreProcessor images, Value in) {
    Value out =
        new Value(
            name,
            in.size(0),
            images.getNumChannels(),
            images.getInputHeight(),
            images.getInputWidth());
    if (in.elements() != out.elements()) {
      throw Mismatch.at(
          name,
          "expected "
              + out.elements() / out.size(0)
              + " features, "
              + out.size(1)
              + " channels × "
              + out.size(2)
              + " rows × "
              + out.size(3)
              + " columns, but its input is "
              + in);
    }
    return out;
  }
}
