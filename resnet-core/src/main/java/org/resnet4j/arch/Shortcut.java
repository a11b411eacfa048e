package org.resnet4j.arch;

/**
 * The connection around a residual branch.
 *
 * @param kind the blocks where it is not the identity
 * @param projection its layers where it changes the shape and has parameters
 */
public record Shortcut(ShortcutKind kind, Projection projection) {}
