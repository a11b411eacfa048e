package org.resnet4j.onednn;

/**
 * Thrown when the engine cannot run on this machine, or not in the requested precision; the message
 * says why.
 */
public final class EngineUnavailableException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  EngineUnavailableException(String message) {
    super(message);
  }
}
