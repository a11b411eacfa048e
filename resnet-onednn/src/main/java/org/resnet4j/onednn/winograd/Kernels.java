package org.resnet4j.onednn.winograd;

/**
 * Finds the vector kernels, which are compiled from {@code src/jdk17} and only by JDK 17. A build
 * by any other JDK lacks them and does not use Winograd's transforms.
 */
public final class Kernels {
  private static final String NAME = "org.resnet4j.onednn.winograd.Jdk17Kernels";
  private static final String MODULE = "jdk.incubator.vector";

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

  /**
   * Returns the number of floats in Java's vectors on this CPU; 0 if Java was started without the
   * options that open them.
   */
  public static int lanes() {
    Module own = Kernels.class.getModule();
    if (!Object.class.getModule().isExported("jdk.internal.vm.vector", own)) {
      return 0;
    }
    try {
      resolve(own);
      Class<?> species = Class.forName(MODULE + ".VectorSpecies");
      Object preferred =
          Class.forName(MODULE + ".FloatVector").getField("SPECIES_PREFERRED").get(null);
      return (int) species.getMethod("length").invoke(preferred);
    } catch (ReflectiveOperationException e) {
      return 0;
    }
  }

  /**
   * Resolves the module of the Vector API without {@code --add-modules}, as the JDK does for its
   * own agents. Java prints no warning of an incubator module then.
   */
  private static void resolve(Module own) throws ReflectiveOperationException {
    boolean resolved = ModuleLayer.boot().findModule(MODULE).isPresent();
    if (!resolved && Object.class.getModule().isExported("jdk.internal.module", own)) {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, MODULE);
    }
  }

  /**
   * Returns the kernels. Callers must have checked that they are built in and that Java has
   * vectors.
   */
  static VectorKernels vectors() {
    return Loaded.KERNELS;
  }

  private static final class Loaded {
    static final VectorKernels KERNELS = load();

    private static VectorKernels load() {
      if (lanes() == 0) {
        throw new LinkageError(NAME + ": expected Java 17 with its vectors open");
      }
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
