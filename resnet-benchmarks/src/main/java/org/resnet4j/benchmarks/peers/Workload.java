package org.resnet4j.benchmarks.peers;

import java.util.List;
import java.util.Locale;

/**
 * One thing to be fast at.
 *
 * @param model name of an architecture
 * @param batch images
 */
public record Workload(Work work, String model, int batch) {
  /** What is measured when nothing is chosen. */
  public static final List<Workload> ALL =
      List.of(
          new Workload(Work.INFERENCE, "resnet50", 1),
          new Workload(Work.INFERENCE, "resnet50", 8),
          new Workload(Work.INFERENCE, "resnet18", 1),
          new Workload(Work.INFERENCE, "resnet20_cifar", 128),
          new Workload(Work.TRAINING, "resnet50", 8),
          new Workload(Work.TRAINING, "resnet18_d2l", 64),
          new Workload(Work.TRAINING, "resnet20_cifar", 128));

  /** For example {@code inference:resnet50:8}. */
  public String id() {
    return "%s:%s:%d".formatted(work.name().toLowerCase(Locale.ROOT), model, batch);
  }

  /** Reads {@link #id}; any architecture and batch will do. */
  public static Workload parse(String id) {
    String[] parts = id.split(":", -1);
    try {
      return new Workload(
          Work.valueOf(parts[0].toUpperCase(Locale.ROOT)), parts[1], Integer.parseInt(parts[2]));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "workload: expected WORK:MODEL:BATCH, for example inference:resnet50:8, but was \""
              + id
              + "\"",
          e);
    }
  }

  /** For people, such as {@code ResNet-50 inference, batch 8}. */
  public String title() {
    return "%s, %s, batch %d".formatted(model, work.name().toLowerCase(Locale.ROOT), batch);
  }
}
