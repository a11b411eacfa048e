package org.resnet4j.zoo;

import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.image.ImagePipeline;

/**
 * The content of a {@code config.json} of the Hugging Face hub.
 *
 * @param classes null if it does not name them
 */
record HubDescription(
    Architecture architecture, ImagePipeline pipeline, @Nullable ClassNames classes) {}
