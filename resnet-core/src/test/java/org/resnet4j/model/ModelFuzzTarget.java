package org.resnet4j.model;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The property that fuzz tests check for any bytes: they are a network, or are refused in a
 * sentence that names the file; no class that they name has run code, and memory is in proportion
 * to them.
 */
final class ModelFuzzTarget {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long FREE_BYTES = 32 << 20;

  /**
   * The largest allowed ratio of memory to file size: deflated bytes become a tree, a text and
   * objects of Deeplearning4j.
   */
  private static final int MOST_BYTES_A_BYTE = 1 << 12;

  private ModelFuzzTarget() {}

  static void read(byte[] zip) {
    long most = FREE_BYTES + (long) MOST_BYTES_A_BYTE * zip.length;
    // Measured again, because classes may have been loaded and instrumented the first time.
    if (allocated(zip) > most) {
      long again = allocated(zip);
      if (again > most) {
        throw new AssertionError(again + " bytes allocated for a zip of " + zip.length);
      }
    }
    if (ForeignClasses.initialised()) {
      throw new AssertionError("a foreign class was initialised");
    }
  }

  private static long allocated(byte[] zip) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      ComputationGraph network = ModelEntries.read(zip, ModelFile.Updater.KEEP);
      if (network.numParams() > zip.length * 1032L) {
        throw new AssertionError(network.numParams() + " parameters of " + zip.length + " bytes");
      }
      // The same as ComputationGraph.close(), without its System.gc().
      network.params().close();
      INDArray gradients = network.getFlattenedGradients();
      if (gradients != null) {
        gradients.close();
      }
    } catch (IOException refusal) {
      String message = refusal.getMessage();
      if (message == null
          || !message.startsWith("model.zip: ")
          || message.chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("expected a sentence with the file but was: " + message, refusal);
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
