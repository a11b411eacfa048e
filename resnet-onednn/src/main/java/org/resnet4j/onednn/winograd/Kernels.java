package org.resnet4j.onednn.winograd;

/**
 * Finds the vector kernels, which are compiled from {@code src/jdk17} by JDK 17 alone. A build by
 * any other JDK lacks them, and no convolution goes through Winograd's transforms then.
 */
public final class Kernels {
  private static final String NAME = "org.resnet4j.onednn.winograd.Jdk17Kernels";

  private Kernels() {}

  /** Returns whether this build has the kernels, on whatever Java it runs. */
  public static boolean areBuiltIn() {
    try {
      Class.forName(NAME, false, Kernels.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Returns the kernels; callers have seen that they are there and that Java lends its vectors. */
  static VectorKernels vectors() {
    return Loaded.KERNELS;
  }

  private static final class Loaded {
    static final VectorKernels KERNELS = load();

    private static VectorKernels load() {
      try {
        return Class.forName(NAME)
            .asSubclass(VectorKernels.class)
            .getDeclaredConstructor()
            .newInstance();
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(NAME + ": expected as part of a build by JDK 17", e);
      }
    }
  }
}
