/** Datasets by name: their places on disk, their downloads and their readers. */
@NullMarked
package org.resnet4j.data.sets;

import org.jspecify.annotations.NullMarked;
