package org.resnet4j.benchmarks.baselines;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.resnet4j.arch.Shape;
import org.resnet4j.onednn.Precision;

/** Runs ONNX Runtime with all optimisations, and its own batch-norm folding. */
final class OnnxRuntimeRun {
  private OnnxRuntimeRun() {}

  public static void main(String[] arguments) throws Exception {
    Worker.main(arguments, OnnxRuntimeRun::run);
  }

  private static Measurement run(Job job) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Shape shape = Networks.architecture(job).input();
    try (OrtSession session = session(environment, file(job), job.threads())) {
      float[] logits = logits(environment, session, job.files().images(), shape);
      Agreement.check(
          job.files().logits(), logits, Networks.architecture(job).classes(), job.precision());
      try (OnnxTensor input = tensor(environment, Pixels.of(shape, job.batch()), shape)) {
        Stopwatch.Timing timing =
            Stopwatch.of(job.seconds()).time(() -> session.run(Map.of("input", input)).close());
        String program = "ONNX Runtime " + environment.getVersion();
        return Worker.measurement(job, program, "", timing);
      }
    }
  }

  private static Path file(Job job) {
    return job.precision() == Precision.INT8 ? job.files().onnxInt8() : job.files().onnx();
  }

  static OrtSession session(OrtEnvironment environment, Path file, int threads)
      throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      return environment.createSession(file.toString(), options);
    }
  }

  /** Returns the logits, row after row. */
  static float[] logits(
      OrtEnvironment environment, OrtSession session, float[] images, Shape shape)
      throws OrtException {
    try (OnnxTensor input = tensor(environment, images, shape);
        OrtSession.Result result = session.run(Map.of("input", input))) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] logits = new float[values.remaining()];
      values.get(logits);
      return logits;
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, float[] images, Shape shape)
      throws OrtException {
    long[] sizes = Pixels.sizes(shape, images.length);
    return OnnxTensor.createTensor(environment, FloatBuffer.wrap(images), sizes);
  }
}
