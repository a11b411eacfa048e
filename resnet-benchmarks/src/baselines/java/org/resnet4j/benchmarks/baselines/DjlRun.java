package org.resnet4j.benchmarks.baselines;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Path;
import java.util.Locale;
import org.resnet4j.arch.Architecture;
import org.resnet4j.benchmarks.files.Layout;

/** Runs PyTorch's TorchScript interpreter in the Deep Java Library, with batch norm folded. */
final class DjlRun {
  private static final String ENGINE = "PyTorch";

  private DjlRun() {}

  public static void main(String[] arguments) throws Exception {
    Worker.main(arguments, DjlRun::run);
  }

  private static Measurement run(Job job) throws Exception {
    System.setProperty("ai.djl.pytorch.num_threads", job.threads() + "");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    Layout fastest = null;
    double least = Double.POSITIVE_INFINITY;
    for (Layout layout : Layout.values()) {
      double seconds = time(job, layout, job.seconds() / 8).secondsPerBatch();
      if (seconds < least) {
        least = seconds;
        fastest = layout;
      }
    }
    if (fastest == null) {
      throw new AssertionError("there are layouts");
    }
    Engine engine = Engine.getEngine(ENGINE);
    return Worker.measurement(
        job,
        "PyTorch %s in DJL %s".formatted(engine.getVersion(), Engine.getDjlVersion()),
        "TorchScript, folded, " + fastest.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        time(job, fastest, job.seconds()));
  }

  private static Stopwatch.Timing time(Job job, Layout layout, double seconds) throws Exception {
    Architecture architecture = Networks.architecture(job);
    try (Model model = model(job.files().torchScript(layout, job.precision()));
        Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
        NDManager manager = model.getNDManager().newSubManager()) {
      float[] logits = logits(model, job.files().images(), architecture);
      Agreement.check(job.files().logits(), logits, architecture.classes(), job.precision());
      float[] images = Pixels.of(architecture.input(), job.batch());
      NDArray input = tensor(manager, images, architecture);
      return Stopwatch.of(seconds).time(() -> predictor.predict(new NDList(input)).close());
    }
  }

  static Model model(Path file) throws Exception {
    Model model = Model.newInstance("network", Device.cpu(), ENGINE);
    model.load(file.getParent(), file.getFileName().toString());
    return model;
  }

  /** Returns the logits, row after row. */
  static float[] logits(Model model, float[] images, Architecture architecture) throws Exception {
    try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
        NDManager manager = model.getNDManager().newSubManager();
        NDList result =
            predictor.predict(new NDList(tensor(manager, images, architecture)))) {
      return result.singletonOrThrow().toFloatArray();
    }
  }

  private static NDArray tensor(NDManager manager, float[] images, Architecture architecture) {
    return manager.create(images, new Shape(Pixels.sizes(architecture.input(), images.length)));
  }
}
