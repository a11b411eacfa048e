package org.resnet4j.fetch;

import java.nio.file.Path;
import java.util.Map;

/** The folder that downloads are kept in. */
public final class CacheFolder {
  /** The environment variable that names the folder. */
  private static final String VARIABLE = "RESNET4J_HOME";

  private CacheFolder() {}

  /** Returns the folder of this process's environment and user. */
  public static Path usual() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Returns the folder that {@code environment} names, or {@code .cache/resnet4j} of the user. */
  public static Path of(Map<String, String> environment, Path userHome) {
    String named = environment.getOrDefault(VARIABLE, "");
    return named.isBlank() ? userHome.resolve(".cache/resnet4j") : Path.of(named);
  }
}
