package org.resnet4j.zoo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.fetch.Download;
import org.resnet4j.fetch.Downloads;
import org.resnet4j.fetch.FetchProgress;
import org.resnet4j.fetch.NotFetchedException;
import org.resnet4j.fetch.RetryPolicy;
import org.resnet4j.fetch.VerifiedFile;

/**
 * The folder with the files of weight sets, one folder a set. A file that is not what its publisher
 * says is never handed out, whoever put it there.
 *
 * <pre>{@code
 * WeightStore store = WeightStore.of(DataHome.of(System.getenv(), userHome));
 * Path file = store.fetch(WeightSets.byName("resnet50.tv_in1k_v2"), FetchProgress.SILENT);
 * }</pre>
 */
public final class WeightStore {
  private final Path root;
  private final @Nullable URI mirror;
  private final RetryPolicy patience;
  private final boolean plainHttp;

  private WeightStore(Path root, @Nullable URI mirror, RetryPolicy patience, boolean plainHttp) {
    this.root = root;
    this.mirror = mirror;
    this.patience = patience;
    this.plainHttp = plainHttp;
  }

  /** In the cache of {@code home}. */
  public static WeightStore of(DataHome home) {
    return new WeightStore(home.cache().resolve("weights"), null, RetryPolicy.USUAL, false);
  }

  /** In the usual cache of this process's user: {@code RESNET4J_HOME} or {@code ~/.cache}. */
  public static WeightStore usual() {
    return of(DataHome.usual());
  }

  /**
   * The same, but with files from {@code mirror/NAME/FILE} instead of the publishers' addresses;
   * they have to be the publishers' files all the same. A name and a password in its address go to
   * that server alone.
   */
  public WeightStore from(URI folder) {
    URI base = folder.toString().endsWith("/") ? folder : URI.create(folder + "/");
    return new WeightStore(root, base, patience, plainHttp);
  }

  /** The same with another patience. */
  public WeightStore with(RetryPolicy other) {
    return new WeightStore(root, mirror, other, plainHttp);
  }

  /**
   * The same, but also over plain HTTP where the publisher's checksum is short: whoever sits
   * between may then send other weights.
   */
  public WeightStore allowPlainHttp() {
    return new WeightStore(root, mirror, patience, true);
  }

  /** Where the file of {@code row} is looked for, and where a user may put it. */
  public Path path(PretrainedWeights row) {
    return root.resolve(row.name()).resolve(row.file());
  }

  /** Whether there is a file, verified or not. */
  public boolean has(PretrainedWeights row) {
    return Files.isRegularFile(path(row));
  }

  /**
   * The file of {@code row}, verified now.
   *
   * @throws NotFetchedException when it is not here, saying how to get it
   * @throws IOException when it is another file
   */
  public Path find(PretrainedWeights row) throws IOException {
    Path file = path(row);
    requireThere(row, file);
    verify(row, file);
    return file;
  }

  static void requireThere(PretrainedWeights row, Path file) throws NotFetchedException {
    if (!Files.isRegularFile(file)) {
      throw new NotFetchedException(
          NotFetchedException.Kind.WEIGHTS,
          row.name(),
          "%s: there is no %s".formatted(row.name(), file),
          "download %s and put it there".formatted(row.address()));
    }
  }

  /**
   * All of the SHA-256 of the file of {@code row}, verified now, whatever its publisher gives.
   *
   * @throws NotFetchedException when it is not here, saying how to get it
   * @throws IOException when it is another file
   */
  public String sha256(PretrainedWeights row) throws IOException {
    requireThere(row, path(row));
    return verify(row, path(row)).sha256();
  }

  /**
   * Refuses a {@code file} that is not the one its publisher says, wherever it lies, and one in the
   * cache that is not the one that was downloaded.
   *
   * @throws IOException with expected and actual checksum
   */
  static VerifiedFile verify(PretrainedWeights row, Path file) throws IOException {
    try {
      return VerifiedFile.of(file, row.checksum());
    } catch (VerifiedFile.MismatchException e) {
      throw new IOException(
          row.name()
              + ": "
              + e.getMessage()
              + "; delete it and fetch it again, or choose the weights that it is of",
          e);
    }
  }

  /**
   * The file of {@code row}, verified; downloaded when it is not here. Where its publisher does not
   * give all of SHA-256, the first download records it beside the file, as {@code FILE.sha256}, and
   * from then on no other file is accepted.
   *
   * @throws IOException with the address, what was expected, what came, and what to do
   */
  public Path fetch(PretrainedWeights row, FetchProgress progress)
      throws IOException, InterruptedException {
    Download official = row.download();
    Download file =
        mirror == null
            ? official
            : official.from(mirror.resolve(row.name() + "/" + official.name()));
    requireSecure(row, file);
    try (Downloads downloads = Downloads.into(root.resolve(row.name()), patience, progress)) {
      return downloads.file(file);
    }
  }

  /** A sum that somebody can forge has to come over a way that nobody can change. */
  private void requireSecure(PretrainedWeights row, Download file) throws IOException {
    if (!plainHttp && !file.isFullyIdentified() && !file.isSecured()) {
      throw new IOException(
          row.name()
              + ": expected an address of https, because the publisher's "
              + row.checksum()
              + " is too short to tell the file from a forged one; name such a server, or allow plain HTTP at your own risk");
    }
  }
}
