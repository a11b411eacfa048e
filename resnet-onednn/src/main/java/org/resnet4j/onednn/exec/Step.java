package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.Profile;

/** A step of an executable. */
abstract class Step {
  final String layer;
  final String work;
  final String implementation;

  Step(String layer, String work, String implementation) {
    this.layer = layer;
    this.work = work;
    this.implementation = implementation;
  }

  abstract void run();

  void run(Profile profile) {
    run();
  }

  /** A step whose time a profile records. */
  private abstract static class Measured extends Step {
    Measured(String layer, String work, String implementation) {
      super(layer, work, implementation);
    }

    @Override
    void run(Profile profile) {
      long start = System.nanoTime();
      run();
      profile.add(layer, work, implementation, System.nanoTime() - start);
    }
  }

  /** A oneDNN primitive and its arguments. */
  static final class Primitive extends Measured {
    private final dnnl_primitive primitive;
    private final dnnl_exec_arg_t arguments;
    private final int count;

    Primitive(
        String layer,
        String work,
        dnnl_primitive primitive,
        dnnl_exec_arg_t arguments,
        int count,
        String implementation) {
      super(layer, work, implementation);
      this.primitive = primitive;
      this.arguments = arguments;
      this.count = count;
    }

    @Override
    void run() {
      int status = dnnl.dnnl_primitive_execute(primitive, OneDnnLibrary.stream(), count, arguments);
      if (status != dnnl.dnnl_success) {
        OneDnnLibrary.check(status, layer + ": " + work);
      }
    }
  }

  /** A Java step in place of a primitive. */
  static final class Kernel extends Measured {
    private final Runnable kernel;

    Kernel(String layer, String work, String implementation, Runnable kernel) {
      super(layer, work, implementation);
      this.kernel = kernel;
    }

    @Override
    void run() {
      kernel.run();
    }
  }

  /** A Java step on a program's memory. */
  static final class Action extends Step {
    private final Runnable action;

    Action(String layer, String work, Runnable action) {
      super(layer, work, "java");
      this.action = action;
    }

    @Override
    void run() {
      action.run();
    }
  }
}
