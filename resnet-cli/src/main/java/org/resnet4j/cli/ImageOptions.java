package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.image.ImagePipeline;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options for the images that a command reads, and its batch size. */
final class ImageOptions implements Checked {
  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "Files, folders, or patterns such as 'photos/**.jpg'.")
  List<String> images = List.of();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images in a batch (default: ${DEFAULT-VALUE}).")
  int batch = 8;

  @Override
  public void check() {
    Checked.atLeast(1, "--batch", batch);
  }

  List<Path> files() throws IOException {
    return ImagePaths.of(images);
  }

  ImageBatches batches(List<Path> files, ImagePipeline pipeline, PrintWriter err) {
    return new ImageBatches(files, pipeline, batch, err);
  }
}
