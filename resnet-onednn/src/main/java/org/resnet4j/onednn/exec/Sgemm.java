package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * oneDNN's product of matrices in single precision, {@code C ← α·A·B + β·C}. All are row-major and
 * without gaps. It needs no primitive to be compiled for a shape. Equal numbers of threads give
 * equal results.
 */
public final class Sgemm {
  private static final byte AS_IT_IS = 'N';
  private static final byte TRANSPOSED = 'T';

  private Sgemm() {}

  /**
   * A factor of a product.
   *
   * @param rows of the matrix in memory
   * @param transposed whether the product has its transpose
   */
  public record Matrix(FloatPointer values, long rows, long columns, boolean transposed) {
    /** Returns the transpose, in the same memory. */
    public Matrix transpose() {
      return new Matrix(values, rows, columns, !transposed);
    }

    private long height() {
      return transposed ? columns : rows;
    }

    private long width() {
      return transposed ? rows : columns;
    }

    private byte flag() {
      return transposed ? TRANSPOSED : AS_IT_IS;
    }
  }

  /** Runs {@code work}, whose products all threads of the engine compute together. */
  public static void lead(Runnable work) {
    Team.lead(
        () -> {
          Team.enter();
          work.run();
          return true;
        });
  }

  /** Computes {@code result ← alpha·one·other + beta·result}; call it within {@link #lead}. */
  public static void multiply(
      double alpha, Matrix one, Matrix other, double beta, FloatPointer result) {
    int status =
        dnnl.dnnl_sgemm(
            one.flag(),
            other.flag(),
            one.height(),
            other.width(),
            one.width(),
            (float) alpha,
            one.values,
            one.columns,
            other.values,
            other.columns,
            (float) beta,
            result,
            other.width());
    OneDnnLibrary.check(status, "multiplying matrices");
  }
}
