/** Training recipes: data, augmentation, optimiser and schedule. */
@NullMarked
package org.resnet4j.recipe;

import org.jspecify.annotations.NullMarked;
