package org.resnet4j.onednn.exec;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Detects changes of the parameters between two calls. */
public final class ParameterWatch {
  private static final long LIMIT = Integer.MAX_VALUE / Float.BYTES;

  private final INDArray parameters;
  private final INDArray seen;

  /** Creates a watch of {@code parameters}, a vector of contiguous floats. */
  public ParameterWatch(INDArray parameters) {
    this.parameters = parameters;
    seen = parameters.dup('c').detach();
  }

  /** Returns whether a bit has changed since the last call, or since the constructor. */
  public boolean changed() {
    boolean same =
        parameters.length() > LIMIT
            ? seen.equalsWithEps(parameters, 0)
            : floats(seen).mismatch(floats(parameters)) < 0;
    if (!same) {
      seen.assign(parameters);
    }
    return !same;
  }

  private static FloatBuffer floats(INDArray array) {
    return new FloatPointer(new Address(Memory.address(array))).capacity(array.length()).asBuffer();
  }
}
