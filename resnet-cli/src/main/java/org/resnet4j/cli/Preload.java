package org.resnet4j.cli;

import java.util.List;

/** Loads the native libraries in the background, while weights and images are read. */
final class Preload {
  /**
   * The bindings whose initialisation loads natives: ND4J's before oneDNN's, as the engine does.
   */
  private static final List<String> BINDINGS =
      List.of("org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu", "org.bytedeco.dnnl.global.dnnl");

  private Preload() {}

  /** Starts loading; who needs a library sooner waits for it. */
  static void start() {
    Thread thread = new Thread(Preload::load, "resnet4j-preload");
    thread.setDaemon(true);
    thread.start();
  }

  private static void load() {
    try {
      for (String bindings : BINDINGS) {
        Class.forName(bindings);
      }
    } catch (ClassNotFoundException | LinkageError e) {
      // Who needs the library is told.
      return;
    }
  }
}
