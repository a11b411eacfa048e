package org.resnet4j.data;

import static org.resnet4j.data.ImageProblem.Severity.FATAL;
import static org.resnet4j.data.ImageProblem.Severity.NOTE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.data.ImageProblem.Kind;
import org.resnet4j.image.DataFormatException;

/**
 * The findings of an {@link ImageCheck}, the worst first.
 *
 * @param unreadable the files that cannot be read
 * @param training contents of the other files to train on
 */
public record ImageFindings(
    List<ImageProblem> problems, List<Path> unreadable, ImageSums training) {
  public ImageFindings {
    problems = List.copyOf(problems);
    unreadable = List.copyOf(unreadable);
  }

  /** Returns the findings of a kind. */
  public List<ImageProblem> of(Kind kind) {
    return problems.stream().filter(problem -> problem.kind() == kind).toList();
  }

  /** Returns the findings that a reader of the results should know, as lines. */
  public List<String> warnings() {
    return problems.stream()
        .filter(problem -> problem.severity() != NOTE)
        .map(ImageProblem::toString)
        .toList();
  }

  /**
   * Refuses images that cannot be trained on.
   *
   * @throws UnreadableImagesException when some cannot be read
   * @throws DataFormatException when {@link #requireClasses} refuses their classes
   */
  public void requireUsable() throws IOException {
    for (ImageProblem problem : of(Kind.UNREADABLE)) {
      throw new UnreadableImagesException(problem.toString());
    }
    requireClasses();
  }

  /**
   * Refuses classes that cannot be trained on, once the images that cannot be read are left out.
   *
   * @throws DataFormatException when there is one class, or a class has no images to train on
   */
  public void requireClasses() throws IOException {
    for (ImageProblem problem : problems) {
      if (problem.kind() != Kind.UNREADABLE && problem.severity() == FATAL) {
        throw new DataFormatException(problem.toString());
      }
    }
  }
}
